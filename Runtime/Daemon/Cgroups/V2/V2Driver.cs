using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V2;

/// <summary>cgroup v2: one directory for all controllers.</summary>
internal sealed class V2Driver : ICgroupDriver
{
    private static readonly string[] s_known = ["cpu", "cpuset", "io", "memory", "pids", "hugetlb"];

    private readonly string _mountPoint;
    private readonly string _own;
    private readonly V2Controllers _controllers;

    /// <param name="mountPoint">Where cgroup2 is mounted.</param>
    /// <param name="own">The daemon's own cgroup, below the mount point.</param>
    public V2Driver(string mountPoint, string own)
    {
        _mountPoint = mountPoint.TrimEnd('/');
        _own = own;
        CgroupDirectory root = new(_mountPoint);
        HashSet<string> available = (root.Read("cgroup.controllers") ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        available.IntersectWith(s_known);
        _controllers = new V2Controllers(_mountPoint, own, available);

        // Devices are an eBPF program, and freezing is part of the core: both are always there, under v1's names for those who look.
        Controllers = new HashSet<string>(available.Append("devices").Append("freezer"), StringComparer.Ordinal);
        Features = Probe(root, available);
    }

    public int Version => 2;

    public IReadOnlySet<string> Controllers { get; }

    public CgroupFeatures Features { get; }

    public ICgroup Create(string path, CgroupResources resources)
    {
        V2Cgroup cgroup = At(path, out CgroupDirectory directory);
        Make(directory);
        try
        {
            cgroup.Initialize(resources);
            return cgroup;
        }
        catch
        {
            directory.TryRemove();
            throw;
        }
    }

    public ICgroup Open(string path) => At(path, out _);

    public IReadOnlyList<MountSpec> ContainerMounts(bool writable) =>
    [
        new(MountKind.CgroupV2, "cgroup", "/sys/fs/cgroup", Libc.MS_NOSUID | Libc.MS_NODEV | Libc.MS_NOEXEC | (writable ? 0 : Libc.MS_RDONLY), 0, false, ""),
    ];

    public IReadOnlyList<string> Warnings()
    {
        List<string> warnings = [];
        Warn(warnings, Features.MemoryLimit, "memory limit");
        Warn(warnings, Features.SwapLimit, "swap limit");
        Warn(warnings, Features.CpuCfsQuota, "cpu cfs quota");
        Warn(warnings, Features.CpuCfsPeriod, "cpu cfs period");
        Warn(warnings, Features.CpuShares, "cpu shares");
        Warn(warnings, Features.CpuSet, "cpuset");
        Warn(warnings, Features.PidsLimit, "pids limit");
        Warn(warnings, Features.BlkioWeight, "io.weight");
        Warn(warnings, Features.BlkioThrottle, "io.max");
        return warnings;
    }

    private static void Warn(List<string> warnings, bool supported, string what)
    {
        if (!supported)
        {
            warnings.Add($"WARNING: No {what} support");
        }
    }

    private static CgroupFeatures Probe(CgroupDirectory root, HashSet<string> available) => new()
    {
        MemoryLimit = available.Contains("memory"),
        SwapLimit = available.Contains("memory") && HasSwap(root),
        MemoryReservation = available.Contains("memory"),
        CpuShares = available.Contains("cpu"),
        CpuCfsPeriod = available.Contains("cpu"),
        CpuCfsQuota = available.Contains("cpu"),
        CpuSet = available.Contains("cpuset"),
        PidsLimit = available.Contains("pids"),
        BlkioWeight = available.Contains("io"),
        BlkioWeightDevice = available.Contains("io"),
        BlkioThrottle = available.Contains("io"),
        Cpus = root.Read("cpuset.cpus.effective")?.Trim() ?? "",
        Mems = root.Read("cpuset.mems.effective")?.Trim() ?? "",
    };

    /// <summary>The root cgroup has no limit files; any child with the memory controller tells. Without one to look at, swap accounting is the default.</summary>
    private static bool HasSwap(CgroupDirectory root) =>
        root.Children().FirstOrDefault(child => child.Has("memory.max")) is not { } witness || witness.Has("memory.swap.max");

    private V2Cgroup At(string path, out CgroupDirectory directory)
    {
        string normalized = CgroupPath.Normalize(path);
        directory = new CgroupDirectory(CgroupPath.Resolve(_mountPoint, _own, normalized));
        return new V2Cgroup(normalized, directory);
    }

    private void Make(CgroupDirectory directory)
    {
        _controllers.Prepare(directory.Parent);
        int status = directory.TryMake();
        if (status == -Libc.ENOENT)
        {
            _controllers.Forget();
            _controllers.Prepare(directory.Parent);
            status = directory.TryMake();
        }

        // A left-over of a daemon that died between two steps: nobody is in it, but its limits and device program are not ours.
        if (status == -Libc.EEXIST && CgroupRemoval.TryRemove(directory))
        {
            status = directory.TryMake();
        }

        if (status < 0)
        {
            throw new SyscallException("mkdir", -status, directory.Path);
        }
    }
}
