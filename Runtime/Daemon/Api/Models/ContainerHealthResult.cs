namespace Rtd.Daemon.Api.Models;

/// <summary>One run of a health check; times in RFC 3339.</summary>
internal sealed class ContainerHealthResult
{
    public string Start { get; set; } = "";

    public string End { get; set; } = "";

    public int ExitCode { get; set; }

    public string Output { get; set; } = "";
}
