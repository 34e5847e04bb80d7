using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Options of a volume mount.</summary>
internal sealed class VolumeOptions
{
    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool NoCopy { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? Labels { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public VolumeDriverConfig? DriverConfig { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Subpath { get; set; }
}
