namespace Rtd.Daemon.Cgroups;

/// <summary>Which limits this host's cgroups offer; the API's <c>/info</c> shows them under the same names.</summary>
internal sealed record CgroupFeatures
{
    public bool MemoryLimit { get; init; }

    public bool SwapLimit { get; init; }

    public bool MemoryReservation { get; init; }

    public bool MemorySwappiness { get; init; }

    public bool KernelMemoryTcp { get; init; }

    public bool OomKillDisable { get; init; }

    public bool CpuShares { get; init; }

    public bool CpuCfsPeriod { get; init; }

    public bool CpuCfsQuota { get; init; }

    public bool CpuRealtime { get; init; }

    public bool CpuSet { get; init; }

    public bool PidsLimit { get; init; }

    public bool BlkioWeight { get; init; }

    public bool BlkioWeightDevice { get; init; }

    public bool BlkioThrottle { get; init; }

    /// <summary>CPUs and memory nodes that can be given to containers, list format; empty when unknown.</summary>
    public string Cpus { get; init; } = "";

    public string Mems { get; init; } = "";
}
