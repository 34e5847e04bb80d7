using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Volumes.Remote;

/// <summary>A volume in a plugin's answer.</summary>
internal sealed class PluginVolume
{
    public string Name { get; set; } = "";

    public string? Mountpoint { get; set; }

    /// <summary>RFC 3339; not all plugins have it.</summary>
    public string? CreatedAt { get; set; }

    public JObject? Status { get; set; }
}
