using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Memory of a container in bytes. Zeros are left out, as by dockerd.</summary>
internal sealed class MemoryStats
{
    [JsonProperty("usage", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong Usage { get; set; }

    /// <summary>cgroup v1 only.</summary>
    [JsonProperty("max_usage", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong MaxUsage { get; set; }

    /// <summary>The kernel's memory.stat, whose keys differ between cgroup versions.</summary>
    [JsonProperty("stats", NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, ulong>? Stats { get; set; }

    [JsonProperty("failcnt", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong Failures { get; set; }

    /// <summary>The host's memory when there is no limit.</summary>
    [JsonProperty("limit", DefaultValueHandling = DefaultValueHandling.Ignore)]
    public ulong Limit { get; set; }
}
