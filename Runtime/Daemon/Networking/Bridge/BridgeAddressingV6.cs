using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>The default bridge's IPv6 subnet, from the flags, the bridge as it stands, and the engine's own range.</summary>
internal static class BridgeAddressingV6
{
    /// <param name="lastSubnet">What the network had last time, or empty.</param>
    /// <param name="taken">Subnets of other networks of ours.</param>
    /// <param name="local">Where subnets come from unless <c>default-address-pools</c> has a range of IPv6.</param>
    public static NetworkPool Choose(BridgeOptions options, string lastSubnet, LinkTable links, IReadOnlyList<IpSubnet> taken, SubnetPool local)
    {
        IpSubnet? range = ParseRange(options.FixedCidrV6);
        (IPAddress gateway, int prefixLength) = ParseBip(options.BipV6)
            ?? AddressOfUsersBridge(options, links)
            ?? (range is { } given ? (given[1], given.PrefixLength) : FreeGateway(options, lastSubnet, links, taken, local));
        IpSubnet subnet = new(gateway, prefixLength);
        if (range is { } outside && !subnet.Contains(outside))
        {
            throw EngineException.InvalidParameter($"invalid --fixed-cidr-v6 {options.FixedCidrV6}: it must be an IPv6 network within the bridge's {subnet}");
        }

        if (options.DefaultGatewayV6 is { } other && !subnet.Contains(other))
        {
            throw EngineException.InvalidParameter($"invalid default-gateway-v6 {other}: it is not in the bridge's {subnet}");
        }

        Dictionary<string, IPAddress> reserved = options.DefaultGatewayV6 is { } nextHop ? new() { ["DefaultGatewayIPv6"] = nextHop } : [];
        return new NetworkPool(subnet, range == subnet ? null : range, gateway, reserved);
    }

    internal static (IPAddress Gateway, int PrefixLength)? ParseBip(string bip)
    {
        if (bip.Length == 0)
        {
            return null;
        }

        bool valid = IpSubnet.TryParseCidr(bip, out IPAddress? address, out int prefixLength)
            && address.AddressFamily == AddressFamily.InterNetworkV6 && prefixLength is > 0 and <= 126
            && IpSubnet.ToNumber(address) != new IpSubnet(address, prefixLength).First;
        return valid
            ? (address!, prefixLength)
            : throw EngineException.InvalidParameter($"invalid --bip6 {bip}: it must be a host's IPv6 address with the prefix of its network, such as fd00:1::1/64");
    }

    internal static IpSubnet? ParseRange(string fixedCidr)
    {
        if (fixedCidr.Length == 0)
        {
            return null;
        }

        return IpSubnet.Parse(fixedCidr) is { IsIPv6: true, PrefixLength: > 0 and <= 126 } range
            ? range
            : throw EngineException.InvalidParameter($"invalid --fixed-cidr-v6 {fixedCidr}: it must be an IPv6 network, such as fd00:1::/64");
    }

    private static (IPAddress, int)? AddressOfUsersBridge(BridgeOptions options, LinkTable links)
    {
        int index = options.BridgeName == BridgeOptions.DefaultBridgeName ? 0 : links.IndexOf(options.BridgeName);
        LinkAddress? found = index == 0 ? null : links.Addresses(index).FirstOrDefault(address => address.Address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false });
        return found is null ? null : (found.Address, found.PrefixLength);
    }

    private static (IPAddress, int) FreeGateway(BridgeOptions options, string lastSubnet, LinkTable links, IReadOnlyList<IpSubnet> taken, SubnetPool local)
    {
        List<IpSubnet> occupied = [.. links.Occupied(links.IndexOf(options.BridgeName)), .. taken];
        IReadOnlyList<SubnetPool> pools = options.AddressPools.Any(pool => pool.Base.IsIPv6) ? options.AddressPools : [local];
        IpSubnet? subnet = IpSubnet.Parse(lastSubnet) is { } last && SubnetChoice.IsFree(last, occupied)
            ? last
            : SubnetChoice.FirstFree(pools, AddressFamily.InterNetworkV6, occupied);
        return subnet is { } free
            ? (free[1], free.PrefixLength)
            : throw EngineException.System("no IPv6 subnet is left for the default bridge: give one with --fixed-cidr-v6, or start with --ipv6=false");
    }
}
