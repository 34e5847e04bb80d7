using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>How often and for how many nanoseconds a CPU limit has held a container up.</summary>
internal sealed class ThrottlingData
{
    [JsonProperty("periods")]
    public ulong Periods { get; set; }

    [JsonProperty("throttled_periods")]
    public ulong ThrottledPeriods { get; set; }

    [JsonProperty("throttled_time")]
    public ulong ThrottledTime { get; set; }
}
