namespace Rtd.Daemon.Volumes.Remote;

/// <summary>What a volume plugin says of itself.</summary>
internal sealed class PluginCapabilities
{
    /// <summary>local or global.</summary>
    public string? Scope { get; set; }
}
