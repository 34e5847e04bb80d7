using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Networking.Links;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>The link between a bridge and a container: the host's end a port of the bridge, the other made in the container's namespace.</summary>
internal static class VethPair
{
    /// <summary>Starts the alias of all our host ends; the endpoint id follows.</summary>
    public const string AliasPrefix = "rtd:";

    private const string NamePrefix = "veth";

    // IFNAMSIZ less the zero. 11 hex digits of a random id do not meet twice on one host.
    private const int NameLength = 15;

    /// <summary>The host end's name.</summary>
    public static string NameOf(string endpointId) => NamePrefix + endpointId[..(NameLength - NamePrefix.Length)];

    /// <summary>Makes the pair, in one send; nothing is left when it fails.</summary>
    /// <param name="target">The container's network namespace.</param>
    /// <param name="peerName">The name inside.</param>
    /// <param name="isolated">The bridge passes nothing between this port and other isolated ones.</param>
    /// <param name="hairpin">The bridge gives back to the port what came from it.</param>
    public static void Create(
        LinkTable links, string endpointId, int bridge, SafeFileHandle target, string peerName, byte[] mac, int mtu, bool isolated, bool hairpin)
    {
        string name = NameOf(endpointId);
        NetlinkBatch batch = new();
        AddPair(batch, name, bridge, target, peerName, mac, mtu);
        AddPort(batch, name, endpointId, isolated, hairpin);
        batch.Begin(Rtnetlink.RTM_NEWLINK, 0, "bring up link", name)
            .LinkHeader(flags: Rtnetlink.IFF_UP, change: Rtnetlink.IFF_UP)
            .Put(Rtnetlink.IFLA_IFNAME, name);
        try
        {
            links.Execute(batch);
        }
        catch
        {
            Delete(links, name);
            throw;
        }
    }

    private static void AddPair(NetlinkBatch batch, string name, int bridge, SafeFileHandle target, string peerName, byte[] mac, int mtu)
    {
        batch.Begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, "create link", $"{name} with {peerName}")
            .LinkHeader()
            .Put(Rtnetlink.IFLA_IFNAME, name)
            .Put(Rtnetlink.IFLA_MTU, mtu)
            .Put(Rtnetlink.IFLA_MASTER, bridge);
        int info = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
        batch.Put(Rtnetlink.IFLA_INFO_KIND, "veth");
        int data = batch.BeginNest(Rtnetlink.IFLA_INFO_DATA);
        int peer = batch.BeginNest(Rtnetlink.VETH_INFO_PEER);
        batch.LinkHeader()
            .Put(Rtnetlink.IFLA_IFNAME, peerName)
            .Put(Rtnetlink.IFLA_ADDRESS, mac)
            .Put(Rtnetlink.IFLA_MTU, mtu)
            .Put(Rtnetlink.IFLA_NET_NS_FD, target.Fd())
            .EndNest(peer).EndNest(data).EndNest(info);
    }

    private static void AddPort(NetlinkBatch batch, string name, string endpointId, bool isolated, bool hairpin)
    {
        batch.Begin(Rtnetlink.RTM_NEWLINK, 0, "set up link", name)
            .LinkHeader()
            .Put(Rtnetlink.IFLA_IFNAME, name)
            .Put(Rtnetlink.IFLA_IFALIAS, AliasPrefix + endpointId)
            .NoLinkLocal();
        if (isolated || hairpin)
        {
            int info = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
            batch.Put(Rtnetlink.IFLA_INFO_SLAVE_KIND, "bridge");
            int data = batch.BeginNest(Rtnetlink.IFLA_INFO_SLAVE_DATA);
            batch.Put(Rtnetlink.IFLA_BRPORT_ISOLATED, (byte)(isolated ? 1 : 0)).Put(Rtnetlink.IFLA_BRPORT_MODE, (byte)(hairpin ? 1 : 0)).EndNest(data).EndNest(info);
        }
    }

    private static void Delete(LinkTable links, string name) => links.Execute(new NetlinkBatch(128)
        .Begin(Rtnetlink.RTM_DELLINK, 0, "delete link", name, Libc.ENODEV)
        .LinkHeader()
        .Put(Rtnetlink.IFLA_IFNAME, name));
}
