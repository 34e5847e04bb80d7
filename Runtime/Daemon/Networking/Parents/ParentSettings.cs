using Rtd.Daemon.Networking.Bridge;
using Rtd.Protocol.Netlink;

namespace Rtd.Daemon.Networking.Parents;

/// <summary>How links on a parent are made.</summary>
/// <param name="Kind">macvlan or ipvlan, as the kernel calls them.</param>
/// <param name="Parent">The link of the host.</param>
/// <param name="Mtu">Bytes; 0: the parent's.</param>
/// <param name="HasOwnMac">An ipvlan link has its parent's address.</param>
/// <param name="PutMode">Adds the kind's own attributes.</param>
internal sealed record ParentSettings(string Kind, string Parent, int Mtu, bool HasOwnMac, Action<NetlinkBatch> PutMode)
{
    private const int MinMtu = 68;

    /// <summary>The parent that the options name, or the one that stands in for none.</summary>
    public static string ParentOf(NetworkRecord record)
    {
        string parent = record.Options.GetValueOrDefault("parent") ?? "";
        if (parent.Length == 0)
        {
            return ParentLinks.DummyOf(record);
        }

        BridgeSettings.CheckLinkName(parent, "parent");
        return parent;
    }

    public static int MtuOf(NetworkRecord record) => BridgeSettings.MtuOf(record.Options, absent: 0, MinMtu);
}
