using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;

namespace Rtd.Daemon.Networking;

/// <summary>What may be asked of a network's subnets. All faults are told at once, in dockerd's words.</summary>
internal static class PoolRules
{
    public static void Validate(NetworkRecord record)
    {
        if (!record.EnableIPv4 && !record.EnableIPv6)
        {
            throw EngineException.InvalidParameter("IPv4 or IPv6 must be enabled");
        }

        List<string> faults = [];
        record.Pools.RemoveAll(pool => pool.Subnet.Length == 0 && !IsPartial(pool, faults));

        // As dockerd does: an IPv6 subnet of a network without IPv6 is left out, not refused.
        record.Pools.RemoveAll(pool => IpSubnet.Parse(pool.Subnet) is { } subnet && !(subnet.IsIPv6 ? record.EnableIPv6 : record.EnableIPv4));
        foreach (PoolRecord pool in record.Pools)
        {
            Check(pool, faults);
        }

        if (faults.Count > 0)
        {
            throw EngineException.InvalidParameter("invalid network config:\n" + string.Join('\n', faults));
        }

        IpSubnet[] subnets = [.. record.Pools.Select(pool => IpSubnet.Parse(pool.Subnet)!.Value)];
        if (record.Driver == "bridge" && subnets.GroupBy(subnet => subnet.Family).Any(family => family.Count() > 1))
        {
            throw new EngineException(ErrorKind.Forbidden, "bridge driver doesn't support multiple subnets");
        }

        if (subnets.Where((subnet, place) => subnets.Take(place).Any(subnet.Overlaps)).Any())
        {
            throw new EngineException(ErrorKind.Forbidden, "invalid pool request: Pool overlaps with other one on this address space");
        }
    }

    /// <summary>Of a configuration: what is wrong with one subnet by itself.</summary>
    public static void CheckOne(PoolRecord pool)
    {
        List<string> faults = [];
        Check(pool, faults);
        if (faults.Count > 0)
        {
            throw EngineException.InvalidParameter("invalid network config:\n" + string.Join('\n', faults));
        }
    }

    /// <summary>The first address is the gateway unless another was asked for.</summary>
    public static void Complete(PoolRecord pool)
    {
        IpSubnet subnet = IpSubnet.Parse(pool.Subnet)!.Value;
        if (pool.Gateway.Length > 0)
        {
            return;
        }

        IpSubnet range = IpSubnet.Parse(pool.Range) ?? subnet;
        bool hasHosts = range.PrefixLength < range.Bits - 1 && range.First == subnet.First;
        HashSet<string> reserved = [.. pool.Reserved.Values];
        for (UInt128 offset = hasHosts ? 1u : 0u; offset <= range.Last - range.First; offset++)
        {
            string candidate = range[offset].ToString();
            if (!reserved.Contains(candidate))
            {
                pool.Gateway = candidate;
                return;
            }
        }

        throw EngineException.InvalidParameter($"invalid network config:\nsubnet {subnet}: there is no address left for the gateway");
    }

    /// <summary>A gateway or range without its subnet means nothing; dockerd refuses it too.</summary>
    private static bool IsPartial(PoolRecord pool, List<string> faults)
    {
        if (pool.Range.Length > 0 || pool.Gateway.Length > 0 || pool.Reserved.Count > 0)
        {
            faults.Add("invalid subnet : a gateway, range or auxiliary address needs the subnet that it is in");
        }

        return false;
    }

    private static void Check(PoolRecord pool, List<string> faults)
    {
        if (!IpSubnet.TryParseCidr(pool.Subnet, out IPAddress? address, out int prefixLength))
        {
            faults.Add($"invalid subnet {pool.Subnet}: invalid CIDR block notation");
            return;
        }

        IpSubnet subnet = new(address, prefixLength);
        if (IpSubnet.ToNumber(address) != subnet.First)
        {
            faults.Add($"invalid subnet {pool.Subnet}: it should be {subnet}");
        }

        if (prefixLength == 0)
        {
            faults.Add($"invalid subnet {pool.Subnet}: it is all there is");
        }

        CheckRange(pool, subnet, faults);
        CheckAddress("gateway", pool.Gateway, pool.Gateway, subnet, faults);
        foreach ((string name, string reserved) in pool.Reserved)
        {
            CheckAddress("auxiliary address", name, reserved, subnet, faults);
        }

        // One form of each address from here on: addresses are compared as texts and written into files.
        pool.Subnet = subnet.ToString();
        pool.Configured = true;
    }

    private static void CheckRange(PoolRecord pool, IpSubnet subnet, List<string> faults)
    {
        if (pool.Range.Length == 0)
        {
            return;
        }

        if (!IpSubnet.TryParseCidr(pool.Range, out IPAddress? address, out int prefixLength))
        {
            faults.Add($"invalid ip-range {pool.Range}: invalid CIDR block notation");
            return;
        }

        IpSubnet range = new(address, prefixLength);
        if (range.Family != subnet.Family)
        {
            faults.Add($"invalid ip-range {pool.Range}: parent subnet is an {FamilyName(subnet)} block");
            return;
        }

        if (prefixLength < subnet.PrefixLength)
        {
            faults.Add($"invalid ip-range {pool.Range}: CIDR block is bigger than its parent subnet {subnet}");
        }

        if (IpSubnet.ToNumber(address) != range.First)
        {
            faults.Add($"invalid ip-range {pool.Range}: it should be {range}");
        }

        if (!subnet.Overlaps(range))
        {
            faults.Add($"invalid ip-range {pool.Range}: parent subnet {subnet} doesn't contain ip-range");
        }
    }

    private static void CheckAddress(string what, string name, string text, IpSubnet subnet, List<string> faults)
    {
        if (text.Length == 0)
        {
            return;
        }

        string? fault = !IpSubnet.TryParseAddress(text, out IPAddress? address) ? "invalid address"
            : address.AddressFamily != subnet.Family ? $"parent subnet is an {FamilyName(subnet)} block"
            : !subnet.Contains(address) ? $"parent subnet {subnet} doesn't contain this address"
            : null;
        if (fault is not null)
        {
            faults.Add($"invalid {what} {name}: {fault}");
        }
    }

    private static string FamilyName(IpSubnet subnet) => subnet.Family == AddressFamily.InterNetworkV6 ? "IPv6" : "IPv4";
}
