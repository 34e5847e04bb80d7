namespace Rtd.Daemon.Api.Models;

/// <summary>A container's health as inspect shows it.</summary>
internal sealed class ContainerHealth
{
    public string Status { get; set; } = "";

    public int FailingStreak { get; set; }

    public List<ContainerHealthResult> Log { get; set; } = [];
}
