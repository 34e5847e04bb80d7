namespace Rtd.Daemon.Cgroups;

/// <summary>Limits for one cgroup, in Docker's units; null leaves the kernel's value alone.</summary>
internal sealed record CgroupResources
{
    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes of memory plus swap; −1 is unlimited.</summary>
    public long? MemorySwap { get; init; }

    /// <summary>Bytes, soft limit.</summary>
    public long? MemoryReservation { get; init; }

    /// <summary>Bytes of TCP buffers (v1 only).</summary>
    public long? KernelMemoryTcp { get; init; }

    /// <summary>0 … 100 (v1 only).</summary>
    public long? MemorySwappiness { get; init; }

    public bool OomKillDisable { get; init; }

    /// <summary>2 … 262144; converted to weight on v2.</summary>
    public long? CpuShares { get; init; }

    /// <summary>Microseconds.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>Microseconds per period; −1 is unlimited.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>Microseconds (v1 only).</summary>
    public long? CpuRealtimePeriod { get; init; }

    /// <summary>Microseconds (v1 only).</summary>
    public long? CpuRealtimeRuntime { get; init; }

    /// <summary>List format, <c>0-2,5</c>.</summary>
    public string? CpusetCpus { get; init; }

    public string? CpusetMems { get; init; }

    /// <summary>−1 is unlimited.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>10 … 1000.</summary>
    public int? BlkioWeight { get; init; }

    public IReadOnlyList<BlkioWeight> BlkioWeights { get; init; } = [];

    public IReadOnlyList<BlkioThrottle> BlkioThrottles { get; init; } = [];

    /// <summary>Device rules in order, first "deny all"; null allows every device (privileged).</summary>
    public IReadOnlyList<DeviceRule>? DeviceRules { get; init; }
}
