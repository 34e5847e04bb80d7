using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Addressing;

/// <summary>Chooses a subnet for a network that was given none.</summary>
internal static class SubnetChoice
{
    // 2^16 tries of a pool are as good as all of it: what is occupied are some hundreds.
    private const int MaxCandidatesOfPool = 1 << 16;

    /// <summary>What the default bridge chooses from, as Docker does: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20 and the fifteen after it.</summary>
    public static IReadOnlyList<SubnetPool> BridgePools { get; } =
        [new(Network("172.16.0.0", 12), 16, Skip: 1), new(Network("192.168.0.0", 16), 20)];

    /// <summary>What other networks choose from: networks of 254 addresses, 4096 less what is occupied, where Docker's size gives 30.</summary>
    public static IReadOnlyList<SubnetPool> NetworkPools { get; } =
        [new(Network("172.16.0.0", 12), 24, Skip: 512), new(Network("192.168.0.0", 16), 24)];

    /// <summary>The engine's own IPv6 pool (RFC 4193): fd, 40 bits of its own, and a /64 for each network.</summary>
    /// <param name="identity">Hex digits that are this engine's alone and stay the same.</param>
    public static SubnetPool LocalPool(string identity)
    {
        byte[] bytes = new byte[16];
        bytes[0] = 0xfd;
        Convert.FromHexString(identity[..10]).CopyTo(bytes, 1);
        return new SubnetPool(new IpSubnet(new IPAddress(bytes), 48), 64);
    }

    /// <summary>The first candidate that overlaps nothing which is occupied, or null.</summary>
    public static IpSubnet? FirstFree(IEnumerable<SubnetPool> pools, AddressFamily family, IReadOnlyList<IpSubnet> occupied)
    {
        foreach (SubnetPool pool in pools)
        {
            if (pool.Base.Family != family)
            {
                continue;
            }

            foreach (IpSubnet candidate in Candidates(pool))
            {
                if (IsFree(candidate, occupied))
                {
                    return candidate;
                }
            }
        }

        return null;
    }

    public static bool IsFree(IpSubnet candidate, IReadOnlyList<IpSubnet> occupied)
    {
        foreach (IpSubnet subnet in occupied)
        {
            if (subnet.Overlaps(candidate))
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<IpSubnet> Candidates(SubnetPool pool)
    {
        int count = pool.Size - pool.Base.PrefixLength >= 16 ? MaxCandidatesOfPool : 1 << (pool.Size - pool.Base.PrefixLength);
        UInt128 step = UInt128.One << (pool.Base.Bits - pool.Size);
        for (int i = pool.Skip; i < count; i++)
        {
            yield return new IpSubnet(pool.Base.First + step * (uint)i, pool.Size, pool.Base.Family);
        }
    }

    private static IpSubnet Network(string address, int prefixLength) => new(IPAddress.Parse(address), prefixLength);
}
