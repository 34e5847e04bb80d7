using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>CPU time of a container and of the host at the same moment.</summary>
internal sealed class CpuStats
{
    [JsonProperty("cpu_usage")]
    public CpuUsage Usage { get; set; } = new();

    /// <summary>Nanoseconds of all processors of the host, idle ones included.</summary>
    [JsonProperty("system_cpu_usage", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong SystemUsage { get; set; }

    [JsonProperty("online_cpus", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public uint OnlineProcessors { get; set; }

    [JsonProperty("throttling_data")]
    public ThrottlingData Throttling { get; set; } = new();
}
