using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Netlink;

/// <summary>
/// Finishes the network inside the container's own namespace, where the caller's thread is: the links are there already, the daemon has put
/// them in. rtinit does this for a start, the daemon for a container that is connected while it runs.
/// </summary>
internal static class NetworkSetup
{
    // The kernel makes lo first in every namespace.
    private const int LoopbackIndex = 1;

    /// <summary>
    /// lo up; each interface renamed, given its MAC address, MTU and addresses, and up; then the routes. Everything goes out in one send.
    /// Throws <see cref="SyscallException"/> that names the failed request.
    /// </summary>
    public static void Apply(NetworkState state)
    {
        if (!state.Loopback && state.Interfaces.Count == 0 && state.Routes.Count == 0)
        {
            return;
        }

        using NetlinkSocket socket = new();
        NetlinkBatch batch = new();
        if (state.Loopback)
        {
            batch.ChangeLink(LoopbackIndex, up: true, "bring up link", "lo");
        }

        int[] indices = new int[state.Interfaces.Count];
        for (int i = 0; i < indices.Length; i++)
        {
            indices[i] = FindLink(socket, state.Interfaces[i].TemporaryName);
            ConfigureInterface(batch, indices[i], state.Interfaces[i]);
        }

        for (int i = 0; i < state.Routes.Count; i++)
        {
            NetworkRoute route = state.Routes[i];
            int index = FindInterface(socket, state, indices, route.Interface);
            batch.AddRoute(index, route.Destination, route.PrefixLength, route.Gateway,
                $"{route.Destination}/{route.PrefixLength} via {route.Gateway?.ToString() ?? "link"} dev {route.Interface}", replace: true);
        }

        socket.Execute(batch);
    }

    private static void ConfigureInterface(NetlinkBatch batch, int index, NetworkInterface link)
    {
        batch.ChangeLink(index, up: false, "set up link", link.Name);
        if (link.Name != link.TemporaryName)
        {
            batch.Put(Rtnetlink.IFLA_IFNAME, link.Name);
        }

        if (link.MacAddress.Length > 0)
        {
            batch.Put(Rtnetlink.IFLA_ADDRESS, link.MacAddress);
        }

        if (link.Mtu > 0)
        {
            batch.Put(Rtnetlink.IFLA_MTU, link.Mtu);
        }

        if (!HasIPv6(link))
        {
            batch.NoLinkLocal();
        }

        // A request of its own: within one, the kernel raises the link before it heeds the IPv6 setting, and the address would be there.
        batch.ChangeLink(index, up: true, "bring up link", link.Name);
        for (int i = 0; i < link.Addresses.Count; i++)
        {
            InterfaceAddress address = link.Addresses[i];
            batch.AddAddress(index, address.Address, address.PrefixLength, $"{address.Address}/{address.PrefixLength} dev {link.Name}");
        }
    }

    private static int FindLink(NetlinkSocket socket, string name)
    {
        int index = socket.IndexOf(name);
        return index > 0 ? index : throw new SyscallException("find link", Libc.ENODEV, name);
    }

    private static int FindInterface(NetlinkSocket socket, NetworkState state, int[] indices, string name)
    {
        for (int i = 0; i < indices.Length; i++)
        {
            if (state.Interfaces[i].Name == name)
            {
                return indices[i];
            }
        }

        return FindLink(socket, name);
    }

    private static bool HasIPv6(NetworkInterface link)
    {
        for (int i = 0; i < link.Addresses.Count; i++)
        {
            if (link.Addresses[i].Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6)
            {
                return true;
            }
        }

        return false;
    }
}
