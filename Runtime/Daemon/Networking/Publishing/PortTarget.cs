using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>The container's addresses that published ports lead to; at least one.</summary>
internal sealed record PortTarget(IPAddress? Address, IPAddress? AddressV6)
{
    /// <summary>Of the host address's family if the container has one: then the kernel can carry the traffic.</summary>
    public IPAddress For(IPAddress hostAddress) =>
        (hostAddress.AddressFamily == AddressFamily.InterNetworkV6 ? AddressV6 ?? Address : Address ?? AddressV6)!;
}
