namespace Rtd.Daemon.Plugins;

/// <summary>The answer to <c>Plugin.Activate</c>: the subsystems a plugin serves, such as VolumeDriver, NetworkDriver or authz.</summary>
internal sealed class PluginManifest
{
    public List<string> Implements { get; set; } = [];
}
