using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Cgroups.V1;

/// <summary>Turns limits into writes for the v1 controllers, in an order the kernel accepts.</summary>
internal static class V1Settings
{
    /// <summary>memory.memsw.limit_in_bytes of a new cgroup.</summary>
    public const long Unlimited = long.MaxValue;

    /// <param name="resources">What to set.</param>
    /// <param name="memorySwapNow">The memory+swap limit in force; null without swap accounting.</param>
    public static List<CgroupSetting> Limits(CgroupResources resources, long? memorySwapNow)
    {
        List<CgroupSetting> settings = [];
        AddMemory(settings, resources, memorySwapNow);
        AddCpu(settings, resources);
        Add(settings, "cpuset", "cpuset.cpus", resources.CpusetCpus, "cpuset cpus");
        Add(settings, "cpuset", "cpuset.mems", resources.CpusetMems, "cpuset mems");
        Add(settings, "pids", "pids.max", resources.PidsLimit < 0 ? "max" : resources.PidsLimit?.ToString(), "pids limit");
        AddBlkio(settings, resources);
        return settings;
    }

    /// <summary>Device rules in their order; a rule for type 'a' resets the list as the kernel has it.</summary>
    public static List<CgroupSetting> Devices(IReadOnlyList<DeviceRule> rules) =>
        rules.Select(rule => new CgroupSetting("devices", rule.Allow ? "devices.allow" : "devices.deny", DeviceText(rule), "device rule")).ToList();

    private static string DeviceText(DeviceRule rule) => rule is { Type: 'a', Major: null, Minor: null }
        ? "a"
        : $"{rule.Type} {rule.Major?.ToString() ?? "*"}:{rule.Minor?.ToString() ?? "*"} {rule.Access}";

    /// <summary>The kernel keeps memory ≤ memory+swap at every moment, so raising starts with the sum and lowering with the part.</summary>
    private static void AddMemory(List<CgroupSetting> settings, CgroupResources resources, long? memorySwapNow)
    {
        CgroupSetting? memory = Setting("memory", "memory.limit_in_bytes", resources.Memory?.ToString(), "memory limit");
        CgroupSetting? sum = memorySwapNow is null ? null : Setting("memory", "memory.memsw.limit_in_bytes", resources.MemorySwap?.ToString(), "memory+swap limit");
        if (memory is not null && sum is null && memorySwapNow is not null && AsLimit(resources.Memory!.Value) > memorySwapNow)
        {
            throw EngineException.InvalidParameter(
                "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time");
        }

        bool raising = sum is not null && AsLimit(resources.MemorySwap!.Value) > memorySwapNow;
        AddNotNull(settings, raising ? sum : memory);
        AddNotNull(settings, raising ? memory : sum);
        Add(settings, "memory", "memory.soft_limit_in_bytes", resources.MemoryReservation?.ToString(), "memory reservation");
        Add(settings, "memory", "memory.kmem.tcp.limit_in_bytes", resources.KernelMemoryTcp?.ToString(), "kernel memory TCP limit");
        Add(settings, "memory", "memory.swappiness", resources.MemorySwappiness?.ToString(), "memory swappiness");
        Add(settings, "memory", "memory.oom_control", resources.OomKillDisable ? "1" : null, "oom kill disable");
    }

    private static void AddCpu(List<CgroupSetting> settings, CgroupResources resources)
    {
        Add(settings, "cpu", "cpu.shares", resources.CpuShares?.ToString(), "cpu shares");
        Add(settings, "cpu", "cpu.cfs_period_us", resources.CpuPeriod?.ToString(), "cpu period");
        Add(settings, "cpu", "cpu.cfs_quota_us", resources.CpuQuota?.ToString(), "cpu quota");
        Add(settings, "cpu", "cpu.rt_period_us", resources.CpuRealtimePeriod?.ToString(), "cpu real-time period");
        Add(settings, "cpu", "cpu.rt_runtime_us", resources.CpuRealtimeRuntime?.ToString(), "cpu real-time runtime");
    }

    /// <summary>blkio.weight belonged to the CFQ scheduler, gone in Linux 5.0; BFQ has its own file.</summary>
    private static void AddBlkio(List<CgroupSetting> settings, CgroupResources resources)
    {
        AddNotNull(settings, resources.BlkioWeight is int weight
            ? new CgroupSetting("blkio", "blkio.bfq.weight", weight.ToString(), "blkio weight", "blkio.weight")
            : null);
        foreach (BlkioWeight device in resources.BlkioWeights)
        {
            settings.Add(new CgroupSetting(
                "blkio", "blkio.bfq.weight_device", $"{device.Major}:{device.Minor} {device.Weight}", "blkio weight of a device", "blkio.weight_device"));
        }

        foreach (BlkioThrottle throttle in resources.BlkioThrottles)
        {
            Add(settings, "blkio", $"blkio.throttle.{throttle.Kind}_device", $"{throttle.Major}:{throttle.Minor} {throttle.Rate}", $"blkio {throttle.Kind} limit");
        }
    }

    private static long AsLimit(long value) => value < 0 ? Unlimited : value;

    private static CgroupSetting? Setting(string controller, string file, string? value, string subject) =>
        value is null ? null : new CgroupSetting(controller, file, value, subject);

    private static void Add(List<CgroupSetting> settings, string controller, string file, string? value, string subject) =>
        AddNotNull(settings, Setting(controller, file, value, subject));

    private static void AddNotNull(List<CgroupSetting> settings, CgroupSetting? setting)
    {
        if (setting is not null)
        {
            settings.Add(setting);
        }
    }
}
