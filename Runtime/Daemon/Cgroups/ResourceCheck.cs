using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Cgroups;

/// <summary>Checks limits before a container is made: mistakes are errors, and what the host cannot do is left out with a warning, in Docker's words.</summary>
internal static class ResourceCheck
{
    private const long MinimumMemory = 6 * 1024 * 1024;

    /// <summary>The limits that can be set here. Throws for those that make no sense.</summary>
    /// <param name="resources">As asked for, with null for what the client left at its zero.</param>
    /// <param name="features">Of the host.</param>
    /// <param name="warnings">Gets a line for each limit that is left out.</param>
    public static CgroupResources Check(CgroupResources resources, CgroupFeatures features, ICollection<string> warnings)
    {
        CheckMemory(resources);
        CheckCpu(resources, features);
        Require(resources.BlkioWeight is null or (>= 10 and <= 1000), "Range of blkio weight is from 10 to 1000");
        resources = DiscardMemory(resources, features, warnings);
        resources = DiscardCpu(resources, features, warnings);
        return DiscardOthers(resources, features, warnings);
    }

    private static void CheckMemory(CgroupResources resources)
    {
        Require(resources.Memory is null or < 0 or >= MinimumMemory, "Minimum memory limit allowed is 6MB");
        Require(resources.MemorySwap is null or < 0 || resources.Memory is not null, "You should always set the Memory limit when using Memoryswap limit, see usage");
        Require(
            resources is not { MemorySwap: >= 0 } || resources.Memory <= resources.MemorySwap,
            "Minimum memoryswap limit should be larger than memory limit, see usage");
        Require(resources.MemoryReservation is null or < 0 or >= MinimumMemory, "Minimum memory reservation allowed is 6MB");
        Require(
            resources is not { Memory: > 0, MemoryReservation: > 0 } || resources.Memory >= resources.MemoryReservation,
            "Minimum memory limit can not be less than memory reservation limit, see usage");
        Require(
            resources.MemorySwappiness is null or (>= 0 and <= 100),
            $"Invalid value: {resources.MemorySwappiness}, valid memory swappiness range is 0-100");
    }

    private static void CheckCpu(CgroupResources resources, CgroupFeatures features)
    {
        Require(
            resources.CpuPeriod is null or (>= 1000 and <= 1_000_000),
            "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)");
        Require(resources.CpuQuota is null or < 0 or >= 1000, "CPU cfs quota can not be less than 1ms (i.e. 1000)");
        Require(resources.CpuShares is null or >= 0, $"invalid CPU shares ({resources.CpuShares}): value must be a positive integer");
        CheckList(resources.CpusetCpus, features.Cpus, "cpuset cpus", "CPUs");
        CheckList(resources.CpusetMems, features.Mems, "cpuset mems", "memory nodes");
    }

    private static void CheckList(string? asked, string available, string field, string what)
    {
        if (string.IsNullOrEmpty(asked))
        {
            return;
        }

        HashSet<int> members = CpuList.Parse(asked) ?? throw EngineException.InvalidParameter($"Invalid value {asked} for {field}");
        Require(
            CpuList.Parse(available) is not { } known || members.IsSubsetOf(known),
            $"Requested {what} are not available - requested {asked}, available: {available}");
    }

    private static CgroupResources DiscardMemory(CgroupResources resources, CgroupFeatures features, ICollection<string> warnings)
    {
        if (resources is { Memory: > 0 } && !features.MemoryLimit)
        {
            warnings.Add("Your kernel does not support memory limit capabilities or the cgroup is not mounted. Limitation discarded.");
            resources = resources with { Memory = null, MemorySwap = null };
        }

        if (resources is { Memory: > 0, MemorySwap: not null } && !features.SwapLimit)
        {
            warnings.Add("Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.");
            resources = resources with { MemorySwap = null };
        }

        if (resources.MemoryReservation is not null && !features.MemoryReservation)
        {
            warnings.Add("Your kernel does not support memory soft limit capabilities or the cgroup is not mounted. Limitation discarded.");
            resources = resources with { MemoryReservation = null };
        }

        if (resources.MemorySwappiness is not null && !features.MemorySwappiness)
        {
            warnings.Add("Your kernel does not support memory swappiness capabilities or the cgroup is not mounted. Memory swappiness discarded.");
            resources = resources with { MemorySwappiness = null };
        }

        if (resources.OomKillDisable && !features.OomKillDisable)
        {
            warnings.Add("Your kernel does not support OomKillDisable. OomKillDisable discarded.");
            resources = resources with { OomKillDisable = false };
        }

        if (resources is { OomKillDisable: true, Memory: null })
        {
            warnings.Add("OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
        }

        return resources;
    }

    private static CgroupResources DiscardCpu(CgroupResources resources, CgroupFeatures features, ICollection<string> warnings)
    {
        if (resources.CpuShares is not null && !features.CpuShares)
        {
            warnings.Add("Your kernel does not support CPU shares or the cgroup is not mounted. Shares discarded.");
            resources = resources with { CpuShares = null };
        }

        if ((resources.CpuPeriod is not null || resources.CpuQuota is not null) && !features.CpuCfsQuota)
        {
            warnings.Add("Your kernel does not support CPU CFS scheduler. CPU period/quota discarded.");
            resources = resources with { CpuPeriod = null, CpuQuota = null };
        }

        if ((resources.CpuRealtimePeriod is not null || resources.CpuRealtimeRuntime is not null) && !features.CpuRealtime)
        {
            throw EngineException.InvalidParameter("kernel does not support CPU real-time scheduler");
        }

        if ((resources.CpusetCpus is not null || resources.CpusetMems is not null) && !features.CpuSet)
        {
            warnings.Add("Your kernel does not support cpuset or the cgroup is not mounted. CPUset discarded.");
            resources = resources with { CpusetCpus = null, CpusetMems = null };
        }

        return resources;
    }

    private static CgroupResources DiscardOthers(CgroupResources resources, CgroupFeatures features, ICollection<string> warnings)
    {
        if (resources.PidsLimit is not null && !features.PidsLimit)
        {
            warnings.Add("Your kernel does not support PIDs limit capabilities or the cgroup is not mounted. PIDs limit discarded.");
            resources = resources with { PidsLimit = null };
        }

        if (resources.BlkioWeight is not null && !features.BlkioWeight)
        {
            warnings.Add("Your kernel does not support Block I/O weight or the cgroup is not mounted. Weight discarded.");
            resources = resources with { BlkioWeight = null };
        }

        if (resources.BlkioThrottles.Count > 0 && !features.BlkioThrottle)
        {
            warnings.Add("Your kernel does not support Block I/O limits or the cgroup is not mounted. Block I/O limits discarded.");
            resources = resources with { BlkioThrottles = [] };
        }

        return resources;
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw EngineException.InvalidParameter(message);
        }
    }
}
