using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>CPU time in nanoseconds.</summary>
internal sealed class CpuUsage
{
    [JsonProperty("total_usage")]
    public ulong Total { get; set; }

    /// <summary>cgroup v1 only.</summary>
    [JsonProperty("percpu_usage", NullValueHandling = NullValueHandling.Ignore)]
    public List<ulong>? Each { get; set; }

    [JsonProperty("usage_in_kernelmode")]
    public ulong Kernel { get; set; }

    [JsonProperty("usage_in_usermode")]
    public ulong User { get; set; }
}
