using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The driver that makes a volume, and its options.</summary>
internal sealed class VolumeDriverConfig
{
    public string Name { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Options { get; set; }
}
