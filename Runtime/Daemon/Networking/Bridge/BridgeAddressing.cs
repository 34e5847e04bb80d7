using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>Gateway and ranges of the default bridge, from the flags, the bridge as it stands, and the host's routes.</summary>
internal sealed record BridgeAddressing(IPAddress Gateway, IpSubnet Subnet, IpSubnet Range)
{
    /// <param name="lastSubnet">What the network had last time, or empty.</param>
    /// <param name="taken">Subnets of other networks of ours.</param>
    public static BridgeAddressing Choose(BridgeOptions options, string lastSubnet, LinkTable links, IReadOnlyList<IpSubnet> taken)
    {
        (IPAddress gateway, int prefixLength) = ParseBip(options.Bip) ?? AddressOfUsersBridge(options, links) ?? FreeGateway(options, lastSubnet, links, taken);
        IpSubnet subnet = new(gateway, prefixLength);
        return new BridgeAddressing(gateway, subnet, ParseRange(options.FixedCidr, subnet));
    }

    internal static (IPAddress Gateway, int PrefixLength)? ParseBip(string bip)
    {
        if (bip.Length == 0)
        {
            return null;
        }

        bool valid = IpSubnet.TryParseCidr(bip, out IPAddress? address, out int prefixLength)
            && address.AddressFamily == AddressFamily.InterNetwork && prefixLength is > 0 and <= 30;
        if (!valid || new IpSubnet(address!, prefixLength) is var subnet && (IpSubnet.ToNumber(address!) == subnet.First || IpSubnet.ToNumber(address!) == subnet.Last))
        {
            throw EngineException.InvalidParameter($"invalid --bip {bip}: it must be a host's IPv4 address with the prefix of its network, such as 172.17.0.1/16");
        }

        return (address!, prefixLength);
    }

    internal static IpSubnet ParseRange(string fixedCidr, IpSubnet subnet)
    {
        if (fixedCidr.Length == 0)
        {
            return subnet;
        }

        return IpSubnet.Parse(fixedCidr) is { } range && subnet.Contains(range)
            ? range
            : throw EngineException.InvalidParameter($"invalid --fixed-cidr {fixedCidr}: it must be an IPv4 network within the bridge's {subnet}");
    }

    /// <summary>The default bridge's pool, with another next hop for containers if the flags say so.</summary>
    public NetworkPool ToPool(IPAddress? defaultGateway)
    {
        if (defaultGateway is not null && !Subnet.Contains(defaultGateway))
        {
            throw EngineException.InvalidParameter($"invalid default-gateway {defaultGateway}: it is not in the bridge's {Subnet}");
        }

        Dictionary<string, IPAddress> reserved = defaultGateway is null ? [] : new() { ["DefaultGatewayIPv4"] = defaultGateway };
        return new NetworkPool(Subnet, Range == Subnet ? null : Range, Gateway, reserved);
    }

    /// <summary>A bridge that the user made comes with an address of the user's choice.</summary>
    private static (IPAddress, int)? AddressOfUsersBridge(BridgeOptions options, LinkTable links)
    {
        int index = options.BridgeName == BridgeOptions.DefaultBridgeName ? 0 : links.IndexOf(options.BridgeName);
        return index != 0 && links.Addresses(index).FirstOrDefault(address => address.Address.AddressFamily == AddressFamily.InterNetwork) is { } found
            ? (found.Address, found.PrefixLength)
            : null;
    }

    private static (IPAddress, int) FreeGateway(BridgeOptions options, string lastSubnet, LinkTable links, IReadOnlyList<IpSubnet> taken)
    {
        List<IpSubnet> occupied = [.. links.Occupied(links.IndexOf(options.BridgeName)), .. taken];
        IReadOnlyList<SubnetPool> pools = options.AddressPools.Count > 0 ? options.AddressPools : SubnetChoice.BridgePools;
        IpSubnet? subnet = IpSubnet.Parse(lastSubnet) is { } last && SubnetChoice.IsFree(last, occupied)
            ? last
            : SubnetChoice.FirstFree(pools, AddressFamily.InterNetwork, occupied);
        return subnet is { } free
            ? (free[1], free.PrefixLength)
            : throw EngineException.System(
                "could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network: give one with --bip");
    }
}
