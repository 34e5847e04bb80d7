using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;

namespace Rtd.Daemon.Containers.Statistics;

/// <summary>Takes samples of what a container uses.</summary>
internal static class StatisticsSample
{
    /// <summary>All zeros for a container that does not run.</summary>
    /// <param name="hostMemory">Bytes; what counts as the limit without one.</param>
    public static ContainerStats Take(Container container, ulong hostMemory)
    {
        ContainerStats nothing = new() { Name = "/" + container.Record.Name, Id = container.Id };
        if (container.Run is not { Process.HasExited: false } run)
        {
            return nothing;
        }

        CgroupStatistics used = run.Cgroup.Statistics();
        HostCounters host = HostCounters.Read();
        bool ownNetwork = NetworkMode.Parse(container.Record.HostConfig.NetworkMode).Kind != NetworkModeKind.Host;
        Dictionary<string, NetworkStats>? networks = ownNetwork ? InterfaceCounters.Read(run.Process.Identity.Pid) : null;

        // Reaped meanwhile, the pid may already be another's.
        return run.Process.HasExited ? nothing : Describe(used, host, hostMemory) with { Name = nothing.Name, Id = nothing.Id, Networks = networks };
    }

    private static ContainerStats Describe(CgroupStatistics used, HostCounters host, ulong hostMemory) => new()
    {
        Read = DateTime.UtcNow,
        Pids = new PidsStats { Current = used.Pids, Limit = used.PidsLimit ?? 0 },
        Blkio = Blkio(used),
        Cpu = new CpuStats
        {
            Usage = new CpuUsage { Total = used.CpuNanoseconds, Each = used.CpuNanosecondsEach?.ToList(), Kernel = used.KernelNanoseconds, User = used.UserNanoseconds },
            SystemUsage = host.Nanoseconds,
            OnlineProcessors = host.Processors,
            Throttling = new ThrottlingData { Periods = used.Periods, ThrottledPeriods = used.ThrottledPeriods, ThrottledTime = used.ThrottledNanoseconds },
        },
        Memory = new MemoryStats
        {
            Usage = used.MemoryUsage,
            MaxUsage = used.MemoryMaxUsage,
            Stats = used.Memory,
            Failures = used.MemoryFailures,
            Limit = Math.Min(used.MemoryLimit ?? hostMemory, hostMemory),
        },
    };

    /// <summary>v1's lists are there even when empty; those that only its CFQ scheduler filled stay so.</summary>
    private static BlkioStats Blkio(CgroupStatistics used) => used.Serviced is null
        ? new BlkioStats { ServiceBytes = used.ServiceBytes.Count > 0 ? Entries(used.ServiceBytes) : null }
        : new BlkioStats
        {
            ServiceBytes = Entries(used.ServiceBytes),
            Serviced = Entries(used.Serviced),
            Queued = [],
            ServiceTime = [],
            WaitTime = [],
            Merged = [],
            Time = [],
            Sectors = [],
        };

    private static List<BlkioEntry> Entries(IReadOnlyList<BlkioCount> counts) =>
        [.. counts.Select(count => new BlkioEntry { Major = count.Major, Minor = count.Minor, Operation = count.Operation, Value = count.Value })];
}
