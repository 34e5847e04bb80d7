using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Firewall;

/// <summary>A host port and where it leads; the unit that the firewall's maps hold.</summary>
/// <param name="Protocol">tcp, udp or sctp.</param>
internal sealed record PublishedPort(string Protocol, IPAddress HostAddress, int HostPort, IPAddress ContainerAddress, int ContainerPort)
{
    /// <summary>Whether there is anything for the firewall to do. IPv6 host addresses are served by the forwarder.</summary>
    public bool IsIPv4 => HostAddress.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Bound to 127.0.0.0/8: never translated, only guarded.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(HostAddress);
}
