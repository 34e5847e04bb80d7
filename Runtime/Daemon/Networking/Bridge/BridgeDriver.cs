using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>Bridge networks: a bridge on the host, a veth pair per container, address translation to the world.</summary>
internal sealed class BridgeDriver(BridgeOptions flags, LinkTable links, LinkReaper reaper, PacketFilter? filter, NetworkStore store) : INetworkDriver
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    public string Type => "bridge";

    public void Validate(NetworkRecord record, IReadOnlyList<INetwork> others)
    {
        BridgeSettings settings = BridgeSettings.Of(record, flags);
        if (others.Any(network => network is BridgeNetwork bridge && bridge.Settings.LinkName == settings.LinkName))
        {
            throw EngineException.Conflict($"networks have same bridge name: {settings.LinkName}");
        }
    }

    public INetwork Open(NetworkRecord record)
    {
        BridgeSettings settings = record.UserDefined ? BridgeSettings.Of(record, flags) : BridgeSettings.OfDefault(flags);
        IReadOnlyList<NetworkPool> pools = record.UserDefined ? record.Pools.ConvertAll(pool => pool.ToPool()) : [ChooseDefaultPool(record)];
        string alias = record.UserDefined ? BridgeLink.AliasOf(record.Id) : "";
        int index = BridgeLink.Ensure(links, settings, pools, alias);
        try
        {
            BridgeNetwork network = new(record, settings, pools, index, links, reaper, filter);
            filter?.AddNetwork(new FirewallNetwork(settings.LinkName, [.. pools.Select(pool => pool.Subnet)], settings.Icc, settings.Masquerade, record.Internal));
            EnableForwarding(pools);
            return network;
        }
        catch
        {
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

    private NetworkPool ChooseDefaultPool(NetworkRecord record)
    {
        List<IpSubnet> taken = [.. store.UserDefined.SelectMany(other => other.Pools).Select(pool => pool.ToPool().Subnet)];
        BridgeAddressing addressing = BridgeAddressing.Choose(flags, record.Subnet, links, taken);
        record.Subnet = addressing.Subnet.ToString();
        return addressing.ToPool(flags.DefaultGateway);
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
