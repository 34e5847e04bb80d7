using System.Net;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>What differs between our table of IPv4 and that of IPv6.</summary>
/// <param name="Name">nft's name of the family, and of the protocol in its rules.</param>
/// <param name="AddressType">nft's type of an address.</param>
/// <param name="Loopback">The host's own addresses that no packet is translated for.</param>
internal sealed record FirewallFamily(string Name, string AddressType, string Loopback, IPAddress Any)
{
    public static FirewallFamily IPv4 { get; } = new("ip", "ipv4_addr", "127.0.0.0/8", IPAddress.Any);

    public static FirewallFamily IPv6 { get; } = new("ip6", "ipv6_addr", "::1", IPAddress.IPv6Any);

    public static IReadOnlyList<FirewallFamily> All { get; } = [IPv4, IPv6];

    public bool Includes(PublishedPort port) => port.IsIPv6 == (this == IPv6);
}
