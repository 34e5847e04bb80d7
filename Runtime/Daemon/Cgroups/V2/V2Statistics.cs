namespace Rtd.Daemon.Cgroups.V2;

/// <summary>Reads what a container has used from v2's hierarchy.</summary>
internal static class V2Statistics
{
    private const ulong NanosecondsPerMicrosecond = 1000;

    public static CgroupStatistics Read(CgroupDirectory directory)
    {
        Dictionary<string, ulong> cpu = CgroupCounters.Keys(directory.Read("cpu.stat"));
        return new CgroupStatistics
        {
            CpuNanoseconds = cpu.GetValueOrDefault("usage_usec") * NanosecondsPerMicrosecond,
            UserNanoseconds = cpu.GetValueOrDefault("user_usec") * NanosecondsPerMicrosecond,
            KernelNanoseconds = cpu.GetValueOrDefault("system_usec") * NanosecondsPerMicrosecond,
            Periods = cpu.GetValueOrDefault("nr_periods"),
            ThrottledPeriods = cpu.GetValueOrDefault("nr_throttled"),
            ThrottledNanoseconds = cpu.GetValueOrDefault("throttled_usec") * NanosecondsPerMicrosecond,
            MemoryUsage = CgroupCounters.Number(directory, "memory.current"),
            MemoryLimit = CgroupCounters.Limit(directory, "memory.max"),
            MemoryFailures = CgroupCounters.Keys(directory.Read("memory.events")).GetValueOrDefault("oom"),
            Memory = CgroupCounters.Keys(directory.Read("memory.stat")),
            Pids = CgroupCounters.Number(directory, "pids.current"),
            PidsLimit = CgroupCounters.Limit(directory, "pids.max") ?? (directory.Has("pids.max") ? ulong.MaxValue : null),
            ServiceBytes = CgroupCounters.Io(directory.Read("io.stat")),
        };
    }
}
