using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A health check; times in nanoseconds.</summary>
internal sealed class HealthConfig
{
    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public List<string>? Test { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long Interval { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long Timeout { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long StartPeriod { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public long StartInterval { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public int Retries { get; set; }
}
