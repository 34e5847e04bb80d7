using System.Net;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Links;
using Rtd.Protocol.Netlink;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>The bridge itself: made, or verified and brought to the wanted state.</summary>
internal static class BridgeLink
{
    private const string Kind = "bridge";

    /// <summary>Makes the bridge if it is not there, gives it the gateway address and MTU, takes its IPv6 away, and brings it up.</summary>
    /// <returns>Its index.</returns>
    public static int Ensure(LinkTable links, string name, IPAddress gateway, int prefixLength, int mtu)
    {
        LinkInfo? found = links.Find(name);
        if (found is { Kind: not Kind })
        {
            throw EngineException.System($"bridge {name}: there is a link of that name which is no bridge");
        }

        if (found is null)
        {
            Create(links, name, gateway, mtu);
        }

        // Containers may send router advertisements (CVE-2020-13401); on a v4-only bridge the host is not to listen to IPv6 at all.
        Sysctl.Set($"ipv6/conf/{name}/accept_ra", "0");
        Sysctl.Set($"ipv6/conf/{name}/disable_ipv6", "1");
        int index = found?.Index ?? links.IndexOf(name);
        Configure(links, name, index, gateway, prefixLength, mtu);
        return index;
    }

    public static void Delete(LinkTable links, string name) => links.Execute(new NetlinkBatch(128)
        .Begin(Rtnetlink.RTM_DELLINK, 0, "delete bridge", name, Protocol.Syscalls.Libc.ENODEV)
        .LinkHeader()
        .Put(Rtnetlink.IFLA_IFNAME, name));

    private static void Create(LinkTable links, string name, IPAddress gateway, int mtu)
    {
        // With an address of its own: otherwise a bridge takes the lowest of its ports', and containers' ARP entries for the gateway go stale.
        NetlinkBatch batch = new NetlinkBatch()
            .Begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, "create bridge", name)
            .LinkHeader()
            .Put(Rtnetlink.IFLA_IFNAME, name)
            .Put(Rtnetlink.IFLA_ADDRESS, MacAddresses.FromAddress(gateway))
            .Put(Rtnetlink.IFLA_MTU, mtu);
        int info = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
        links.Execute(batch.Put(Rtnetlink.IFLA_INFO_KIND, Kind).EndNest(info));
    }

    private static void Configure(LinkTable links, string name, int index, IPAddress gateway, int prefixLength, int mtu)
    {
        NetlinkBatch batch = new NetlinkBatch().ChangeLink(index, up: false, "set up bridge", name).Put(Rtnetlink.IFLA_MTU, mtu).NoLinkLocal();
        bool present = false;
        foreach (LinkAddress address in links.Addresses().Where(a => a.Link == index))
        {
            if (address.Address.Equals(gateway) && address.PrefixLength == prefixLength)
            {
                present = true;
            }
            else if (name == BridgeOptions.DefaultBridgeName)
            {
                // The default bridge is ours: an address of former settings goes. A bridge the user named keeps what the user gave it.
                batch.DeleteAddress(index, address.Address, address.PrefixLength, $"{address.Address}/{address.PrefixLength} dev {name}");
            }
        }

        if (!present)
        {
            batch.AddAddress(index, gateway, prefixLength, $"{gateway}/{prefixLength} dev {name}");
        }

        links.Execute(batch.ChangeLink(index, up: true, "bring up bridge", name));
    }
}
