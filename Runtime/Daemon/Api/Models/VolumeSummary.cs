using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Rtd.Daemon.Api.Models;

/// <summary>A volume as the API shows it.</summary>
internal sealed class VolumeSummary
{
    public string CreatedAt { get; set; } = "";

    public string Driver { get; set; } = "";

    public Dictionary<string, string>? Labels { get; set; }

    public string Mountpoint { get; set; } = "";

    public string Name { get; set; } = "";

    public Dictionary<string, string>? Options { get; set; }

    public string Scope { get; set; } = "local";

    /// <summary>What a plugin has to say about its volume.</summary>
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public JObject? Status { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public VolumeUsage? UsageData { get; set; }
}
