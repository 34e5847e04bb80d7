using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Options of a bind mount.</summary>
internal sealed class BindOptions
{
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Propagation { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool NonRecursive { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool CreateMountpoint { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool ReadOnlyNonRecursive { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public bool ReadOnlyForceRecursive { get; set; }
}
