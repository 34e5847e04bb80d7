namespace Rtd.Daemon.Plugins;

/// <summary>How a plugin says that a call failed, with any HTTP status.</summary>
internal sealed class PluginError
{
    public string? Err { get; set; }
}
