using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>Addresses asked for on a network.</summary>
internal sealed class EndpointIpamConfig
{
    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public string? IPv4Address { get; set; }

    [JsonProperty(DefaultValueHandling = DefaultValueHandling.Ignore)]
    public string? IPv6Address { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public List<string>? LinkLocalIPs { get; set; }
}
