using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>A subnet of a network (<c>IPAMConfig</c> of the API).</summary>
internal sealed class NetworkIpamConfig
{
    public string Subnet { get; set; } = "";

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? IPRange { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public string? Gateway { get; set; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public Dictionary<string, string>? AuxiliaryAddresses { get; set; }
}
