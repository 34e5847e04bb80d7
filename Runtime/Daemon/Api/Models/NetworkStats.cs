using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Counters of one network interface, as the container sees it.</summary>
internal sealed class NetworkStats
{
    [JsonProperty("rx_bytes")]
    public ulong ReceivedBytes { get; set; }

    [JsonProperty("rx_packets")]
    public ulong ReceivedPackets { get; set; }

    [JsonProperty("rx_errors")]
    public ulong ReceiveErrors { get; set; }

    [JsonProperty("rx_dropped")]
    public ulong ReceiveDropped { get; set; }

    [JsonProperty("tx_bytes")]
    public ulong SentBytes { get; set; }

    [JsonProperty("tx_packets")]
    public ulong SentPackets { get; set; }

    [JsonProperty("tx_errors")]
    public ulong SendErrors { get; set; }

    [JsonProperty("tx_dropped")]
    public ulong SendDropped { get; set; }
}
