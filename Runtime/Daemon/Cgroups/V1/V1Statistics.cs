namespace Rtd.Daemon.Cgroups.V1;

/// <summary>Reads what a container has used from v1's hierarchies.</summary>
internal static class V1Statistics
{
    /// <summary>USER_HZ, which is 100 on every architecture we run on.</summary>
    private const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>The limit that stands for none is the largest number of whole pages.</summary>
    private const ulong NoLimit = long.MaxValue - 65535;

    /// <param name="find">The container's directory of a controller; null when the host has none.</param>
    public static CgroupStatistics Read(Func<string, CgroupDirectory?> find)
    {
        CgroupDirectory? account = find("cpuacct");
        CgroupDirectory? memory = find("memory");
        CgroupDirectory? pids = find("pids");
        CgroupDirectory? blkio = find("blkio");
        Dictionary<string, ulong> ticks = CgroupCounters.Keys(account?.Read("cpuacct.stat"));
        Dictionary<string, ulong> cpu = CgroupCounters.Keys(find("cpu")?.Read("cpu.stat"));
        ulong? limit = CgroupCounters.Limit(memory, "memory.limit_in_bytes");
        return new CgroupStatistics
        {
            CpuNanoseconds = CgroupCounters.Number(account, "cpuacct.usage"),
            UserNanoseconds = ticks.GetValueOrDefault("user") * NanosecondsPerTick,
            KernelNanoseconds = ticks.GetValueOrDefault("system") * NanosecondsPerTick,
            CpuNanosecondsEach = CgroupCounters.Numbers(account?.Read("cpuacct.usage_percpu")),
            Periods = cpu.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = cpu.GetValueOrDefault("nr_throttled"),
            ThrottledNanoseconds = cpu.GetValueOrDefault("throttled_time"),
            MemoryUsage = CgroupCounters.Number(memory, "memory.usage_in_bytes"),
            MemoryMaxUsage = CgroupCounters.Number(memory, "memory.max_usage_in_bytes"),
            MemoryLimit = limit >= NoLimit ? null : limit,
            MemoryFailures = CgroupCounters.Number(memory, "memory.failcnt"),
            Memory = CgroupCounters.Keys(memory?.Read("memory.stat")),
            Pids = CgroupCounters.Number(pids, "pids.current"),
            PidsLimit = CgroupCounters.Limit(pids, "pids.max"),
            ServiceBytes = Devices(blkio, "blkio.throttle.io_service_bytes"),
            Serviced = Devices(blkio, "blkio.throttle.io_serviced"),
        };
    }

    /// <summary>The files that count those below too came with Linux 4.13.</summary>
    private static IReadOnlyList<BlkioCount> Devices(CgroupDirectory? blkio, string name) =>
        CgroupCounters.Devices(blkio?.Read(name + "_recursive") ?? blkio?.Read(name));
}
