namespace Rtd.Daemon.Cgroups;

/// <summary>What a cgroup and those below it have used so far. Both versions are brought to nanoseconds and bytes.</summary>
internal sealed record CgroupStatistics
{
    public ulong CpuNanoseconds { get; init; }

    public ulong UserNanoseconds { get; init; }

    public ulong KernelNanoseconds { get; init; }

    /// <summary>By processor; v1 only.</summary>
    public IReadOnlyList<ulong>? CpuNanosecondsEach { get; init; }

    public ulong Periods { get; init; }

    public ulong ThrottledPeriods { get; init; }

    public ulong ThrottledNanoseconds { get; init; }

    public ulong MemoryUsage { get; init; }

    /// <summary>The most there has been; v1 only.</summary>
    public ulong MemoryMaxUsage { get; init; }

    /// <summary>Null without one.</summary>
    public ulong? MemoryLimit { get; init; }

    /// <summary>How often the limit was hit (v1) or the OOM killer was called for (v2).</summary>
    public ulong MemoryFailures { get; init; }

    /// <summary>memory.stat as it is: its keys differ between the versions.</summary>
    public Dictionary<string, ulong> Memory { get; init; } = [];

    public ulong Pids { get; init; }

    /// <summary>Null without one.</summary>
    public ulong? PidsLimit { get; init; }

    /// <summary>Bytes read and written, by device.</summary>
    public IReadOnlyList<BlkioCount> ServiceBytes { get; init; } = [];

    /// <summary>Reads and writes, by device; v1 only.</summary>
    public IReadOnlyList<BlkioCount>? Serviced { get; init; }
}
