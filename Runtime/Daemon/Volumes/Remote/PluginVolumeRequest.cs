using Newtonsoft.Json;

namespace Rtd.Daemon.Volumes.Remote;

/// <summary>What every method of a volume plugin is called with.</summary>
internal sealed class PluginVolumeRequest
{
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Name { get; set; }

    /// <summary>Of Create alone.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Opts { get; set; }

    /// <summary>Of Mount and Unmount: the same for both, and of no other mount.</summary>
    [JsonProperty("ID", NullValueHandling = NullValueHandling.Ignore)]
    public string? Id { get; set; }
}
