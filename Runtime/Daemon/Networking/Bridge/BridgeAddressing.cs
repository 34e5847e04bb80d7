using System.Net;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Links;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>Gateway and ranges of the default bridge, from the flags, the bridge as it stands, and the host's routes.</summary>
internal sealed record BridgeAddressing(IPAddress Gateway, Ipv4Subnet Subnet, Ipv4Subnet Range)
{
    /// <param name="lastSubnet">What the network had last time, or empty.</param>
    public static BridgeAddressing Choose(BridgeOptions options, string lastSubnet, LinkTable links)
    {
        (IPAddress gateway, int prefixLength) = ParseBip(options.Bip) ?? AddressOfUsersBridge(options, links) ?? FreeGateway(options, lastSubnet, links);
        Ipv4Subnet subnet = new(gateway, prefixLength);
        return new BridgeAddressing(gateway, subnet, ParseRange(options.FixedCidr, subnet));
    }

    internal static (IPAddress Gateway, int PrefixLength)? ParseBip(string bip)
    {
        if (bip.Length == 0)
        {
            return null;
        }

        bool valid = Ipv4Subnet.TryParseCidr(bip, out IPAddress? address, out int prefixLength) && prefixLength is > 0 and <= 30;
        if (!valid || new Ipv4Subnet(address!, prefixLength) is var subnet && (Ipv4Subnet.ToNumber(address!) == subnet.First || Ipv4Subnet.ToNumber(address!) == subnet.Last))
        {
            throw EngineException.InvalidParameter($"invalid --bip {bip}: it must be a host's IPv4 address with the prefix of its network, such as 172.17.0.1/16");
        }

        return (address!, prefixLength);
    }

    internal static Ipv4Subnet ParseRange(string fixedCidr, Ipv4Subnet subnet)
    {
        if (fixedCidr.Length == 0)
        {
            return subnet;
        }

        if (!Ipv4Subnet.TryParseCidr(fixedCidr, out IPAddress? address, out int prefixLength) || !subnet.Contains(new Ipv4Subnet(address, prefixLength)))
        {
            throw EngineException.InvalidParameter($"invalid --fixed-cidr {fixedCidr}: it must be an IPv4 network within the bridge's {subnet}");
        }

        return new Ipv4Subnet(address, prefixLength);
    }

    /// <summary>A bridge that the user made comes with an address of the user's choice.</summary>
    private static (IPAddress, int)? AddressOfUsersBridge(BridgeOptions options, LinkTable links)
    {
        int index = options.BridgeName == BridgeOptions.DefaultBridgeName ? 0 : links.IndexOf(options.BridgeName);
        return index != 0 && links.Addresses().Find(address => address.Link == index) is { } found ? (found.Address, found.PrefixLength) : null;
    }

    private static (IPAddress, int) FreeGateway(BridgeOptions options, string lastSubnet, LinkTable links)
    {
        int bridge = links.IndexOf(options.BridgeName);
        List<Ipv4Subnet> occupied = [.. links.Routes().Where(route => route.Link != bridge || bridge == 0).Select(route => route.Destination)];
        occupied.AddRange(links.Addresses().Where(address => address.Link != bridge).Select(address => new Ipv4Subnet(address.Address, address.PrefixLength)));
        Ipv4Subnet? preferred = Ipv4Subnet.TryParseCidr(lastSubnet, out IPAddress? last, out int prefixLength) ? new Ipv4Subnet(last, prefixLength) : null;
        Ipv4Subnet subnet = SubnetChoice.FirstFree(occupied, preferred)
            ?? throw EngineException.System("could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network: give one with --bip");
        return (Ipv4Subnet.ToAddress(subnet.First + 1), subnet.PrefixLength);
    }
}
