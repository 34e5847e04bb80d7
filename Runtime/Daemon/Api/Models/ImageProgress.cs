using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>How far a step is, in bytes.</summary>
internal sealed class ImageProgress
{
    [JsonProperty("current", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long Current { get; set; }

    [JsonProperty("total", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long Total { get; set; }
}
