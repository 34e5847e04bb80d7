using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>Bridge networks: a bridge on the host, a veth pair per container, address translation to the world.</summary>
internal sealed class BridgeDriver(BridgeOptions flags, LinkTable links, LinkReaper reaper, Func<PacketFilter?> filters, NetworkStore store) : INetworkDriver
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    public string Type => "bridge";

    public void Validate(NetworkRecord record, IReadOnlyList<INetwork> others)
    {
        foreach ((string key, string value) in flags.NetworkDefaults.GetValueOrDefault(Type) ?? [])
        {
            record.Options.TryAdd(key, value);
        }

        BridgeSettings settings = BridgeSettings.Of(record, flags);
        if (others.Any(network => network is BridgeNetwork bridge && bridge.Settings.LinkName == settings.LinkName))
        {
            throw EngineException.Conflict($"networks have same bridge name: {settings.LinkName}");
        }
    }

    public INetwork Open(NetworkRecord record)
    {
        BridgeSettings settings = record.UserDefined ? BridgeSettings.Of(record, flags) : BridgeSettings.OfDefault(flags);
        IReadOnlyList<NetworkPool> pools = record.UserDefined ? record.Pools.ConvertAll(pool => pool.ToPool()) : ChooseDefaultPools(record);
        string alias = record.UserDefined ? BridgeLink.AliasOf(record.Id) : "";
        PacketFilter? filter = filters();
        flags.BeforeStep?.Invoke("make bridge");
        int index = BridgeLink.Ensure(links, settings, pools, alias);
        try
        {
            BridgeNetwork network = new(record, settings, pools, index, links, reaper, filter);
            flags.BeforeStep?.Invoke("add to firewall");
            filter?.AddNetwork(new FirewallNetwork(settings.LinkName, [.. pools.Select(pool => pool.Subnet)], settings.Icc, settings.Masquerade, record.Internal));
            flags.BeforeStep?.Invoke("enable forwarding");
            EnableForwarding(pools);
            AnswerForOthers(settings, answer: filter is not null && !record.UserDefined && !settings.Icc);
            return network;
        }
        catch
        {
            filter?.RemoveNetwork(settings.LinkName);
            Discard(record);
            throw;
        }
    }

    public void Discard(NetworkRecord record)
    {
        if (record.UserDefined && links.Links().Find(link => link.Alias == BridgeLink.AliasOf(record.Id)) is { } link)
        {
            BridgeLink.Delete(links, link.Name);
        }
    }

    /// <summary>See <see cref="BridgePermits"/>. Without the delay that routers put before such an answer.</summary>
    private static void AnswerForOthers(BridgeSettings settings, bool answer)
    {
        if (answer || settings.LinkName == BridgeOptions.DefaultBridgeName)
        {
            Sysctl.Set($"ipv4/conf/{settings.LinkName}/proxy_arp_pvlan", answer ? "1" : "0");
            Sysctl.Set($"ipv4/neigh/{settings.LinkName}/proxy_delay", answer ? "0" : "80");
        }
    }

    private List<NetworkPool> ChooseDefaultPools(NetworkRecord record)
    {
        CheckUsersBridge();
        List<IpSubnet> taken = [.. store.UserDefined.Where(other => !other.ConfigOnly).SelectMany(other => other.Pools).Select(pool => pool.ToPool().Subnet)];
        BridgeAddressing addressing = BridgeAddressing.Choose(flags, record.Subnet, links, taken);
        bool ours = flags.BridgeName == BridgeOptions.DefaultBridgeName;
        record.Subnet = ours ? addressing.Subnet.ToString() : "";
        List<NetworkPool> pools = [addressing.ToPool(flags.DefaultGateway)];
        record.EnableIPv6 = flags.IPv6;
        if (flags.IPv6)
        {
            // The id of a predefined network is made once, and the engine's alone.
            SubnetPool local = SubnetChoice.LocalPool(store.GetOrAdd("none", "null").Id);
            pools.Add(BridgeAddressingV6.Choose(flags, record.SubnetV6, links, taken, local));
            bool chosen = ours && flags.BipV6.Length == 0 && flags.FixedCidrV6.Length == 0;
            record.SubnetV6 = chosen ? pools[1].Subnet.ToString() : record.SubnetV6;
        }

        return pools;
    }

    /// <summary>A bridge of another name is the user's to make.</summary>
    private void CheckUsersBridge()
    {
        if (flags.BridgeName != BridgeOptions.DefaultBridgeName && links.IndexOf(flags.BridgeName) == 0)
        {
            throw EngineException.System($"bridge device with non default name {flags.BridgeName} must be created manually");
        }
    }

    private void EnableForwarding(IReadOnlyList<NetworkPool> pools)
    {
        if (!flags.IpForward)
        {
            s_log.Info("--ip-forward=false: containers reach other hosts only if net.ipv4.ip_forward is set");
            return;
        }

        Sysctl.Set("ipv4/ip_forward", "1");
        if (pools.Any(pool => pool.Subnet.IsIPv6))
        {
            Forwarding.EnableIPv6();
        }
    }
}
