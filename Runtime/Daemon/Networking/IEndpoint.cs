using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>A container's place on a network, from allocation to release.</summary>
internal interface IEndpoint
{
    string NetworkName { get; }

    string NetworkId { get; }

    string EndpointId { get; }

    /// <summary>Null in a network without IPv4.</summary>
    IPAddress? Address { get; }

    int PrefixLength { get; }

    IPAddress? Gateway { get; }

    /// <summary>Null in a network without IPv6.</summary>
    IPAddress? AddressV6 { get; }

    int PrefixLengthV6 { get; }

    IPAddress? GatewayV6 { get; }

    /// <summary><c>02:42:ac:11:00:02</c></summary>
    string MacAddress { get; }

    /// <summary>What others on the network may call the container; empty where names are not resolved.</summary>
    IReadOnlyList<string> DnsNames { get; }
}
