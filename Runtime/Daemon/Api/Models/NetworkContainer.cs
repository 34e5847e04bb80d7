namespace Rtd.Daemon.Api.Models;

/// <summary>A container on a network (<c>NetworkContainer</c> of the API); addresses with prefix length.</summary>
internal sealed class NetworkContainer
{
    public string Name { get; set; } = "";

    public string EndpointID { get; set; } = "";

    public string MacAddress { get; set; } = "";

    public string IPv4Address { get; set; } = "";

    public string IPv6Address { get; set; } = "";
}
