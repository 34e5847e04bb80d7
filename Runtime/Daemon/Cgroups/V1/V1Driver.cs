using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V1;

/// <summary>cgroup v1: a directory per hierarchy.</summary>
internal sealed class V1Driver : ICgroupDriver
{
    private const ulong MountFlags = Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC;

    private readonly IReadOnlyList<V1Hierarchy> _hierarchies;

    public V1Driver(IReadOnlyList<V1Hierarchy> hierarchies)
    {
        _hierarchies = hierarchies;
        Controllers = hierarchies.SelectMany(hierarchy => hierarchy.Mount.Controllers)
            .Where(controller => !controller.StartsWith("name=", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        Features = Probe();
    }

    public int Version => 1;

    public IReadOnlySet<string> Controllers { get; }

    public CgroupFeatures Features { get; }

    public ICgroup Create(string path, CgroupResources resources)
    {
        string normalized = CgroupPath.Normalize(path);
        V1Cgroup cgroup = new(_hierarchies, normalized);
        List<CgroupDirectory> made = [];
        try
        {
            foreach (V1Hierarchy hierarchy in _hierarchies)
            {
                CgroupDirectory directory = hierarchy.Directory(normalized);
                made.Add(directory);
                V1Directories.Make(hierarchy, directory);
            }

            cgroup.Initialize(resources, Features.SwapLimit);
            return cgroup;
        }
        catch
        {
            made.ForEach(directory => directory.TryRemove());
            throw;
        }
    }

    public ICgroup Open(string path) => new V1Cgroup(_hierarchies, CgroupPath.Normalize(path));

    public IReadOnlyList<MountSpec> ContainerMounts(bool writable)
    {
        ulong flags = MountFlags | (writable ? 0 : Libc.MS_RDONLY);
        List<MountSpec> mounts = [new(MountKind.Tmpfs, "tmpfs", "/sys/fs/cgroup", flags, 0, false, "mode=755")];
        foreach (V1Hierarchy hierarchy in _hierarchies)
        {
            string directory = hierarchy.Name.StartsWith("name=", StringComparison.Ordinal) ? hierarchy.Name["name=".Length..] : hierarchy.Name;
            mounts.Add(new(MountKind.CgroupV1, hierarchy.Name, $"/sys/fs/cgroup/{directory}", flags, 0, false, ""));
        }

        return mounts;
    }

    public IReadOnlyList<string> Warnings()
    {
        List<string> warnings = [];
        Warn(warnings, Features.MemoryLimit, "memory limit");
        Warn(warnings, Features.SwapLimit, "swap limit");
        Warn(warnings, Features.OomKillDisable, "oom kill disable");
        Warn(warnings, Features.CpuCfsQuota, "cpu cfs quota");
        Warn(warnings, Features.CpuCfsPeriod, "cpu cfs period");
        Warn(warnings, Features.CpuShares, "cpu shares");
        Warn(warnings, Features.CpuSet, "cpuset");
        Warn(warnings, Features.PidsLimit, "pids limit");
        Warn(warnings, Features.BlkioWeight, "blkio weight");
        Warn(warnings, Features.BlkioThrottle, "blkio throttle");
        Warn(warnings, Controllers.Contains("devices"), "device controller");
        Warn(warnings, Controllers.Contains("freezer"), "freezer");
        return warnings;
    }

    private static void Warn(List<string> warnings, bool supported, string what)
    {
        if (!supported)
        {
            warnings.Add($"WARNING: No {what} support");
        }
    }

    /// <summary>Looks at the files of the hierarchies' roots; those that only children have are there whenever their controller is.</summary>
    private CgroupFeatures Probe() => new()
    {
        MemoryLimit = Controllers.Contains("memory"),
        SwapLimit = RootHas("memory", "memory.memsw.limit_in_bytes"),
        MemoryReservation = RootHas("memory", "memory.soft_limit_in_bytes"),
        MemorySwappiness = RootHas("memory", "memory.swappiness"),
        KernelMemoryTcp = RootHas("memory", "memory.kmem.tcp.limit_in_bytes"),
        OomKillDisable = RootHas("memory", "memory.oom_control"),
        CpuShares = RootHas("cpu", "cpu.shares"),
        CpuCfsPeriod = RootHas("cpu", "cpu.cfs_period_us"),
        CpuCfsQuota = RootHas("cpu", "cpu.cfs_quota_us"),
        CpuRealtime = RootHas("cpu", "cpu.rt_runtime_us"),
        CpuSet = Controllers.Contains("cpuset"),
        PidsLimit = Controllers.Contains("pids"),
        BlkioWeight = RootHas("blkio", "blkio.weight") || RootHas("blkio", "blkio.bfq.io_service_bytes"),
        BlkioWeightDevice = RootHas("blkio", "blkio.weight_device") || RootHas("blkio", "blkio.bfq.io_service_bytes"),
        BlkioThrottle = RootHas("blkio", "blkio.throttle.read_bps_device"),
        Cpus = RootRead("cpuset", "cpuset.effective_cpus"),
        Mems = RootRead("cpuset", "cpuset.effective_mems"),
    };

    private bool RootHas(string controller, string file) => Root(controller)?.Has(file) ?? false;

    private string RootRead(string controller, string file) => Root(controller)?.Read(file)?.Trim() ?? "";

    private CgroupDirectory? Root(string controller) =>
        _hierarchies.FirstOrDefault(hierarchy => hierarchy.Has(controller)) is { } hierarchy ? new(hierarchy.Mount.MountPoint) : null;
}
