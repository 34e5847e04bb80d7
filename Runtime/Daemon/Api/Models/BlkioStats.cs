using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Block device counters. On cgroup v2 there is only the first list, and the others are null.</summary>
internal sealed class BlkioStats
{
    [JsonProperty("io_service_bytes_recursive")]
    public List<BlkioEntry>? ServiceBytes { get; set; }

    [JsonProperty("io_serviced_recursive")]
    public List<BlkioEntry>? Serviced { get; set; }

    [JsonProperty("io_queue_recursive")]
    public List<BlkioEntry>? Queued { get; set; }

    [JsonProperty("io_service_time_recursive")]
    public List<BlkioEntry>? ServiceTime { get; set; }

    [JsonProperty("io_wait_time_recursive")]
    public List<BlkioEntry>? WaitTime { get; set; }

    [JsonProperty("io_merged_recursive")]
    public List<BlkioEntry>? Merged { get; set; }

    [JsonProperty("io_time_recursive")]
    public List<BlkioEntry>? Time { get; set; }

    [JsonProperty("sectors_recursive")]
    public List<BlkioEntry>? Sectors { get; set; }
}
