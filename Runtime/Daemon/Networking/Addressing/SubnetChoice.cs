namespace Rtd.Daemon.Networking.Addressing;

/// <summary>Chooses a subnet for a network that was given none.</summary>
internal static class SubnetChoice
{
    /// <summary>Docker's default pools: 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20 and the fifteen after it.</summary>
    public static IEnumerable<Ipv4Subnet> Candidates()
    {
        for (uint second = 17; second <= 31; second++)
        {
            yield return new Ipv4Subnet(172u << 24 | second << 16, 16);
        }

        for (uint third = 0; third < 256; third += 16)
        {
            yield return new Ipv4Subnet(192u << 24 | 168u << 16 | third << 8, 20);
        }
    }

    /// <summary>The first candidate that overlaps nothing the host can already reach, or null.</summary>
    /// <param name="preferred">Tried before all others: what the network had last time.</param>
    public static Ipv4Subnet? FirstFree(IReadOnlyList<Ipv4Subnet> occupied, Ipv4Subnet? preferred)
    {
        if (preferred is { } last && IsFree(last, occupied))
        {
            return last;
        }

        foreach (Ipv4Subnet candidate in Candidates())
        {
            if (IsFree(candidate, occupied))
            {
                return candidate;
            }
        }

        return null;
    }

    private static bool IsFree(Ipv4Subnet candidate, IReadOnlyList<Ipv4Subnet> occupied)
    {
        foreach (Ipv4Subnet subnet in occupied)
        {
            if (subnet.Overlaps(candidate))
            {
                return false;
            }
        }

        return true;
    }
}
