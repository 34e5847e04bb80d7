using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Parents;
using Rtd.Protocol.Netlink;

namespace Rtd.Daemon.Networking.Ipvlan;

/// <summary>"ipvlan": containers have addresses of their own on the network of a link of the host, and share its MAC address.</summary>
internal sealed class IpvlanDriver(LinkTable links, ParentLinks parents) : INetworkDriver
{
    // linux/if_link.h
    private const ushort IFLA_IPVLAN_MODE = 1;
    private const ushort IPVLAN_MODE_L2 = 0, IPVLAN_MODE_L3 = 1, IPVLAN_MODE_L3S = 2;

    public string Type => "ipvlan";

    public void Validate(NetworkRecord record, IReadOnlyList<INetwork> others) => ParentRules.Check(record, SettingsOf, others, parents);

    public INetwork Open(NetworkRecord record) => ParentNetwork.Open(record, SettingsOf(record), links, parents);

    public void Discard(NetworkRecord record) => parents.DiscardUnused(ParentSettings.ParentOf(record));

    private static ParentSettings SettingsOf(NetworkRecord record)
    {
        string name = record.Options.GetValueOrDefault("ipvlan_mode") ?? "";
        ushort mode = name switch
        {
            "" or "l2" => IPVLAN_MODE_L2,
            "l3" => IPVLAN_MODE_L3,
            "l3s" => IPVLAN_MODE_L3S,
            _ => throw EngineException.InvalidParameter($"requested ipvlan mode '{name}' is not valid, 'l2' mode is the ipvlan driver default"),
        };
        return new ParentSettings(
            "ipvlan", ParentSettings.ParentOf(record), ParentSettings.MtuOf(record), HasOwnMac: false, batch => batch.Put(IFLA_IPVLAN_MODE, BitConverter.GetBytes(mode)));
    }
}
