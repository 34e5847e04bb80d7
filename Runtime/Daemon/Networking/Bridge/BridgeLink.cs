using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Links;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>The bridge itself: made, or verified and brought to the wanted state.</summary>
internal static class BridgeLink
{
    private const string Kind = "bridge", AliasPrefix = "rtd-network:";

    /// <summary>What a forwarding bridge asks its neighbours with: without a link-local address it could not ask on others' behalf. Docker's choice.</summary>
    private static readonly IPAddress s_linkLocal = IPAddress.Parse("fe80::1");

    /// <summary>Marks a bridge as made for this network, and so as ours to delete.</summary>
    public static string AliasOf(string networkId) => AliasPrefix + networkId;

    /// <summary>Makes the bridge if it is not there, gives it the gateways' addresses and the MTU, takes IPv6 away if the network has none, and brings it up.</summary>
    /// <param name="alias">Marks a bridge that is made here; empty for none.</param>
    /// <returns>Its index.</returns>
    public static int Ensure(LinkTable links, BridgeSettings settings, IReadOnlyList<NetworkPool> pools, string alias)
    {
        string name = settings.LinkName;
        LinkInfo? found = links.Find(name);
        if (found is { Kind: not Kind })
        {
            throw EngineException.System($"bridge {name}: there is a link of that name which is no bridge");
        }

        if (found is null)
        {
            Create(links, settings, pools, alias);
        }

        try
        {
            // Containers may send router advertisements (CVE-2020-13401); on a v4-only bridge the host is not to listen to IPv6 at all.
            bool ipv6 = pools.Any(pool => pool.Subnet.IsIPv6);
            bool ours = name == BridgeOptions.DefaultBridgeName || found is null || (alias.Length > 0 && found.Alias == alias);
            Sysctl.Set($"ipv6/conf/{name}/accept_ra", "0");
            if (ours || ipv6)
            {
                Sysctl.Set($"ipv6/conf/{name}/disable_ipv6", ipv6 ? "0" : "1");
            }

            int index = found?.Index ?? links.IndexOf(name);
            Configure(links, settings, index, pools, ours);
            return index;
        }
        catch when (found is null)
        {
            Delete(links, name);
            throw;
        }
    }

    public static void Delete(LinkTable links, string name) => links.Execute(new NetlinkBatch(128)
        .Begin(Rtnetlink.RTM_DELLINK, 0, "delete bridge", name, Libc.ENODEV)
        .LinkHeader()
        .Put(Rtnetlink.IFLA_IFNAME, name));

    private static void Create(LinkTable links, BridgeSettings settings, IReadOnlyList<NetworkPool> pools, string alias)
    {
        // With an address of its own: otherwise a bridge takes the lowest of its ports', and containers' ARP entries for the gateway go stale.
        IPAddress? gateway = pools.FirstOrDefault(pool => !pool.Subnet.IsIPv6)?.Gateway;
        NetlinkBatch batch = new NetlinkBatch()
            .Begin(Rtnetlink.RTM_NEWLINK, Rtnetlink.NLM_F_CREATE | Rtnetlink.NLM_F_EXCL, "create bridge", settings.LinkName)
            .LinkHeader()
            .Put(Rtnetlink.IFLA_IFNAME, settings.LinkName)
            .Put(Rtnetlink.IFLA_ADDRESS, MacAddresses.For(gateway))
            .Put(Rtnetlink.IFLA_MTU, settings.Mtu);
        int info = batch.BeginNest(Rtnetlink.IFLA_LINKINFO);
        batch.Put(Rtnetlink.IFLA_INFO_KIND, Kind).EndNest(info);
        if (alias.Length > 0)
        {
            batch.Begin(Rtnetlink.RTM_NEWLINK, 0, "mark bridge", settings.LinkName)
                .LinkHeader()
                .Put(Rtnetlink.IFLA_IFNAME, settings.LinkName)
                .Put(Rtnetlink.IFLA_IFALIAS, alias);
        }

        links.Execute(batch);
    }

    private static void Configure(LinkTable links, BridgeSettings settings, int index, IReadOnlyList<NetworkPool> pools, bool ours)
    {
        string name = settings.LinkName;
        NetlinkBatch batch = new();
        if (ours)
        {
            batch.ChangeLink(index, up: false, "set up bridge", name).Put(Rtnetlink.IFLA_MTU, settings.Mtu).NoLinkLocal();
        }

        List<(IPAddress Address, int PrefixLength)> wanted = [.. pools.Where(pool => pool.Gateway is not null).Select(pool => (pool.Gateway!, pool.Subnet.PrefixLength))];
        if (pools.Any(pool => pool.Subnet.IsIPv6))
        {
            wanted.Add((s_linkLocal, 64));
        }

        foreach (LinkAddress address in links.Addresses(index))
        {
            bool known = wanted.Remove((address.Address, address.PrefixLength));
            if (!known && ours && (address.Address.AddressFamily == AddressFamily.InterNetwork || !address.Address.IsIPv6LinkLocal))
            {
                // An address of former settings goes. A bridge the user made keeps what the user gave it.
                batch.DeleteAddress(index, address.Address, address.PrefixLength, $"{address.Address}/{address.PrefixLength} dev {name}");
            }
        }

        foreach ((IPAddress address, int prefixLength) in wanted)
        {
            batch.AddAddress(index, address, prefixLength, $"{address}/{prefixLength} dev {name}");
        }

        links.Execute(batch.ChangeLink(index, up: true, "bring up bridge", name));
    }
}
