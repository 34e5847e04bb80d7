namespace Rtd.Daemon.Cgroups.V2;

/// <summary>Docker's weights are those of v1; v2 counts from 1 to 10000 with 100 as the default.</summary>
internal static class V2Weights
{
    /// <summary>
    /// CPU shares 2 … 262144 to cpu.weight. The curve goes through (2, 1), (1024, 100) and (262144, 10000), so that a container with the default shares
    /// weighs as much as anything else on the host; the straight line that engines used at first gave it 39. Same curve as runc's and crun's since 2025.
    /// </summary>
    public static long FromShares(long shares)
    {
        double exponent = Math.Log2(Math.Clamp(shares, 2, 262144));
        double power = (((exponent * exponent) + (125 * exponent)) / 612.0) - (7.0 / 34.0);
        return Math.Clamp((long)Math.Ceiling(Math.Pow(10, power)), 1, 10000);
    }

    /// <summary>blkio weight 10 … 1000 to io.weight, linear.</summary>
    public static long FromBlkioWeight(int weight) => 1 + ((Math.Clamp(weight, 10, 1000) - 10) * 9999L / 990);
}
