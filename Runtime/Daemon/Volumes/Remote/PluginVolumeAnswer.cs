namespace Rtd.Daemon.Volumes.Remote;

/// <summary>What a volume plugin answers; each method has its own of these.</summary>
internal sealed class PluginVolumeAnswer
{
    /// <summary>Of Mount and Path.</summary>
    public string? Mountpoint { get; set; }

    /// <summary>Of Get.</summary>
    public PluginVolume? Volume { get; set; }

    /// <summary>Of List.</summary>
    public List<PluginVolume>? Volumes { get; set; }

    /// <summary>Of Capabilities.</summary>
    public PluginCapabilities? Capabilities { get; set; }
}
