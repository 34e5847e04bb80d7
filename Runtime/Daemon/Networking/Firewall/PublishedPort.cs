using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>A host port and where it leads; the unit that the firewall's maps hold.</summary>
/// <param name="Protocol">tcp, udp or sctp.</param>
internal sealed record PublishedPort(string Protocol, IPAddress HostAddress, int HostPort, IPAddress ContainerAddress, int ContainerPort)
{
    public bool IsIPv6 => HostAddress.AddressFamily == AddressFamily.InterNetworkV6;

    /// <summary>Bound to a loopback address: never translated, only guarded.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(HostAddress);

    /// <summary>The kernel can carry it; from an IPv6 address to a container that has only IPv4, the forwarder does.</summary>
    public bool IsTranslated => !IsLoopback && HostAddress.AddressFamily == ContainerAddress.AddressFamily;
}
