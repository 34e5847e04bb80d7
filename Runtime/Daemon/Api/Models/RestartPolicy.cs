namespace Rtd.Daemon.Api.Models;

/// <summary>What happens when a container exits: "", no, always, unless-stopped, on-failure.</summary>
internal sealed class RestartPolicy
{
    public string Name { get; set; } = "";

    /// <summary>For on-failure; 0 is without end.</summary>
    public int MaximumRetryCount { get; set; }
}
