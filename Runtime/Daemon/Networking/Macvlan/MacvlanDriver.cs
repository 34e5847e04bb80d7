using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Parents;
using Rtd.Protocol.Netlink;

namespace Rtd.Daemon.Networking.Macvlan;

/// <summary>"macvlan": containers are stations of their own, with MAC addresses of their own, on the network of a link of the host.</summary>
internal sealed class MacvlanDriver(LinkTable links, ParentLinks parents) : INetworkDriver
{
    // linux/if_link.h
    private const ushort IFLA_MACVLAN_MODE = 1;
    private const uint MACVLAN_MODE_PRIVATE = 1, MACVLAN_MODE_VEPA = 2, MACVLAN_MODE_BRIDGE = 4, MACVLAN_MODE_PASSTHRU = 8;

    public string Type => "macvlan";

    public void Validate(NetworkRecord record, IReadOnlyList<INetwork> others) => ParentRules.Check(record, SettingsOf, others, parents);

    public INetwork Open(NetworkRecord record) => ParentNetwork.Open(record, SettingsOf(record), links, parents);

    public void Discard(NetworkRecord record) => parents.DiscardUnused(ParentSettings.ParentOf(record));

    private static ParentSettings SettingsOf(NetworkRecord record)
    {
        string name = record.Options.GetValueOrDefault("macvlan_mode") ?? "";
        uint mode = name switch
        {
            "" or "bridge" => MACVLAN_MODE_BRIDGE,
            "private" => MACVLAN_MODE_PRIVATE,
            "vepa" => MACVLAN_MODE_VEPA,
            "passthru" => MACVLAN_MODE_PASSTHRU,
            _ => throw EngineException.InvalidParameter($"requested macvlan mode '{name}' is not valid, 'bridge' mode is the macvlan driver default"),
        };
        return new ParentSettings("macvlan", ParentSettings.ParentOf(record), ParentSettings.MtuOf(record), HasOwnMac: true, batch => batch.Put(IFLA_MACVLAN_MODE, mode));
    }
}
