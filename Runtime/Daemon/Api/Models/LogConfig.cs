namespace Rtd.Daemon.Api.Models;

/// <summary>A container's log driver and its options.</summary>
internal sealed class LogConfig
{
    public string Type { get; set; } = "";

    public Dictionary<string, string>? Config { get; set; }
}
