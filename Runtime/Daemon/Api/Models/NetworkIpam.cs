namespace Rtd.Daemon.Api.Models;

/// <summary>Address management of a network (<c>IPAM</c> of the API).</summary>
internal sealed class NetworkIpam
{
    public string Driver { get; set; } = "default";

    /// <summary>Null when the network was given no options, as Docker shows it.</summary>
    public Dictionary<string, string>? Options { get; set; }

    public List<NetworkIpamConfig> Config { get; set; } = [];
}
