using System.Text.RegularExpressions;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Publishing;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>Bridge networks: a bridge on the host, a veth pair per container, address translation to the world.</summary>
internal sealed partial class BridgeDriver(BridgeOptions options, LinkTable links, LinkReaper reaper, PacketFilter? filter, PortPublisher publisher) : INetworkDriver
{
    private const int MinMtu = 68, MaxMtu = 65535;

    private static readonly Logger s_log = LogManager.GetLogger("network");

    public string Type => "bridge";

    /// <summary>Checks what the user wrote; throws invalid parameter.</summary>
    public static void Validate(BridgeOptions options)
    {
        // Stricter than the kernel: the name goes into firewall scripts and below /proc/sys.
        if (!LinkName().IsMatch(options.BridgeName) || options.BridgeName is "." or "..")
        {
            throw EngineException.InvalidParameter($"invalid --bridge {options.BridgeName}: a link's name has 1 to 15 letters, digits, dots, dashes and underscores");
        }

        if (options.Mtu is < MinMtu or > MaxMtu)
        {
            throw EngineException.InvalidParameter($"invalid --mtu {options.Mtu}: it must be between {MinMtu} and {MaxMtu}");
        }

        BridgeAddressing.ParseBip(options.Bip);
    }

    public INetwork Open(NetworkRecord record)
    {
        BridgeAddressing addressing = BridgeAddressing.Choose(options, record.Subnet, links);
        int index = BridgeLink.Ensure(links, options.BridgeName, addressing.Gateway, addressing.Subnet.PrefixLength, options.Mtu);
        record.Subnet = addressing.Subnet.ToString();
        filter?.AddNetwork(new FirewallNetwork(options.BridgeName, addressing.Subnet, options.Icc, options.IpMasq));
        EnableForwarding();
        return new BridgeNetwork(record, options, addressing, index, links, reaper, publisher);
    }

    private void EnableForwarding()
    {
        if (options.IpForward)
        {
            Sysctl.Set("ipv4/ip_forward", "1");
        }
        else
        {
            s_log.Info("--ip-forward=false: containers reach other hosts only if net.ipv4.ip_forward is set");
        }
    }

    [GeneratedRegex("^[A-Za-z0-9._-]{1,15}$")]
    private static partial Regex LinkName();
}
