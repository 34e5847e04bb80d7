using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A counter of one block device and operation.</summary>
internal sealed class BlkioEntry
{
    [JsonProperty("major")]
    public ulong Major { get; set; }

    [JsonProperty("minor")]
    public ulong Minor { get; set; }

    [JsonProperty("op")]
    public string Operation { get; set; } = "";

    [JsonProperty("value")]
    public ulong Value { get; set; }
}
