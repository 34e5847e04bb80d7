using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>The container's addresses that published ports lead to; at least one.</summary>
internal sealed record PortTarget(IPAddress? Address, IPAddress? AddressV6)
{
    /// <summary>Of the host address's family if the container has one: then the kernel can carry the traffic.</summary>
    public IPAddress For(IPAddress hostAddress) =>
        (hostAddress.AddressFamily == AddressFamily.InterNetworkV6 ? AddressV6 ?? Address : Address ?? AddressV6)!;

    /// <summary>Of the other family, if the container has both: many a program listens on one alone.</summary>
    public IPAddress? Besides(IPAddress hostAddress) =>
        Address is null || AddressV6 is null ? null : hostAddress.AddressFamily == AddressFamily.InterNetworkV6 ? Address : AddressV6;
}
