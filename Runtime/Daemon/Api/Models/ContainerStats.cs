using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A sample of what a container uses, with the CPU counters of the one before.</summary>
internal sealed record ContainerStats
{
    [JsonProperty("name")]
    public string Name { get; init; } = "";

    [JsonProperty("id")]
    public string Id { get; init; } = "";

    [JsonProperty("read")]
    public DateTime Read { get; init; }

    [JsonProperty("preread")]
    public DateTime PreviousRead { get; init; }

    [JsonProperty("pids_stats")]
    public PidsStats Pids { get; init; } = new();

    [JsonProperty("blkio_stats")]
    public BlkioStats Blkio { get; init; } = new();

    /// <summary>Windows only.</summary>
    [JsonProperty("num_procs")]
    public int Processes { get; init; }

    /// <summary>Windows only.</summary>
    [JsonProperty("storage_stats")]
    public EmptyObject Storage { get; init; } = new();

    [JsonProperty("cpu_stats")]
    public CpuStats Cpu { get; init; } = new();

    [JsonProperty("precpu_stats")]
    public CpuStats PreviousCpu { get; init; } = new();

    [JsonProperty("memory_stats")]
    public MemoryStats Memory { get; init; } = new();

    /// <summary>By the name of the interface; null without a network of its own.</summary>
    [JsonProperty("networks", NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, NetworkStats>? Networks { get; init; }
}
