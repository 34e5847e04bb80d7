using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Cgroups.V2;

/// <summary>Turns limits into writes for the v2 controllers.</summary>
internal static class V2Settings
{
    /// <param name="resources">What to set.</param>
    /// <param name="read">Reads a control file of the cgroup as it is now; null when missing.</param>
    public static List<CgroupSetting> Limits(CgroupResources resources, Func<string, string?> read)
    {
        List<CgroupSetting> settings = [];
        AddMemory(settings, resources, read);
        AddCpu(settings, resources, read);
        Add(settings, "cpuset", "cpuset.cpus", resources.CpusetCpus, "cpuset cpus");
        Add(settings, "cpuset", "cpuset.mems", resources.CpusetMems, "cpuset mems");
        Add(settings, "pids", "pids.max", Limit(resources.PidsLimit), "pids limit");
        AddIo(settings, resources);
        return settings;
    }

    private static void AddMemory(List<CgroupSetting> settings, CgroupResources resources, Func<string, string?> read)
    {
        Add(settings, "memory", "memory.max", Limit(resources.Memory), "memory limit");

        // Without swap accounting (kernel option swapaccount=0) there is nothing to set; Warnings tells of it.
        if (resources.MemorySwap is long sum && read("memory.swap.max") is not null)
        {
            Add(settings, "memory", "memory.swap.max", SwapLimit(sum, resources.Memory, read), "swap limit");
        }

        Add(settings, "memory", "memory.low", Limit(resources.MemoryReservation), "memory reservation");
    }

    /// <summary>Docker gives memory plus swap, v2 wants swap alone.</summary>
    private static string SwapLimit(long sum, long? memory, Func<string, string?> read)
    {
        if (sum < 0)
        {
            return "max";
        }

        if (memory is null && long.TryParse(read("memory.max").AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long current))
        {
            memory = current;
        }

        if (memory is null or < 0)
        {
            throw EngineException.InvalidParameter("You should always set the Memory limit when using Memoryswap limit, see usage");
        }

        return sum >= memory
            ? (sum - memory.Value).ToString(CultureInfo.InvariantCulture)
            : throw EngineException.InvalidParameter("Minimum memoryswap limit should be larger than memory limit, see usage");
    }

    /// <summary>cpu.max is <c>QUOTA PERIOD</c> in one file, so the half that is not given comes from there.</summary>
    private static void AddCpu(List<CgroupSetting> settings, CgroupResources resources, Func<string, string?> read)
    {
        if (resources.CpuShares is long shares)
        {
            Add(settings, "cpu", "cpu.weight", V2Weights.FromShares(shares).ToString(CultureInfo.InvariantCulture), "cpu shares");
        }

        if (resources.CpuQuota is null && resources.CpuPeriod is null)
        {
            return;
        }

        string[] current = (read("cpu.max") ?? "").Trim().Split(' ');
        string quota = resources.CpuQuota is long given ? Limit(given)! : current[0].Length > 0 ? current[0] : "max";
        string period = resources.CpuPeriod?.ToString(CultureInfo.InvariantCulture) ?? (current.Length == 2 ? current[1] : "100000");
        Add(settings, "cpu", "cpu.max", $"{quota} {period}", "cpu quota and period");
    }

    private static void AddIo(List<CgroupSetting> settings, CgroupResources resources)
    {
        if (resources.BlkioWeight is int weight)
        {
            // io.bfq.weight exists with the BFQ scheduler and has v1's range; io.weight belongs to the io.cost model.
            settings.Add(new CgroupSetting(
                "io", "io.bfq.weight", weight.ToString(CultureInfo.InvariantCulture), "blkio weight",
                "io.weight", V2Weights.FromBlkioWeight(weight).ToString(CultureInfo.InvariantCulture)));
        }

        foreach (BlkioWeight device in resources.BlkioWeights)
        {
            string number = $"{device.Major}:{device.Minor}";
            settings.Add(new CgroupSetting(
                "io", "io.bfq.weight", $"{number} {device.Weight}", "blkio weight of a device", "io.weight", $"{number} {V2Weights.FromBlkioWeight(device.Weight)}"));
        }

        foreach (BlkioThrottle throttle in resources.BlkioThrottles)
        {
            string rate = throttle.Rate == 0 ? "max" : throttle.Rate.ToString(CultureInfo.InvariantCulture);
            Add(settings, "io", "io.max", $"{throttle.Major}:{throttle.Minor} {IoKey(throttle.Kind)}={rate}", $"blkio {throttle.Kind} limit");
        }
    }

    private static string IoKey(string kind) => kind switch
    {
        "read_bps" => "rbps",
        "write_bps" => "wbps",
        "read_iops" => "riops",
        "write_iops" => "wiops",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    private static string? Limit(long? value) => value < 0 ? "max" : value?.ToString(CultureInfo.InvariantCulture);

    private static void Add(List<CgroupSetting> settings, string controller, string file, string? value, string subject)
    {
        if (value is not null)
        {
            settings.Add(new CgroupSetting(controller, file, value, subject));
        }
    }
}
