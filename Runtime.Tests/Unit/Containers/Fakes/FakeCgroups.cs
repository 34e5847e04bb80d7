using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Cgroups;
using Rtd.Protocol.Spec;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Cgroups that exist only as entries.</summary>
internal sealed class FakeCgroups : ICgroupDriver
{
    public ConcurrentDictionary<string, FakeCgroup> Existing { get; } = new();

    public Exception? Failure { get; set; }

    public int Version => 2;

    public IReadOnlySet<string> Controllers { get; } = new HashSet<string> { "memory", "cpu", "pids" };

    public CgroupFeatures Features { get; set; } = new()
    {
        MemoryLimit = true,
        SwapLimit = true,
        MemoryReservation = true,
        MemorySwappiness = true,
        OomKillDisable = true,
        CpuShares = true,
        CpuCfsPeriod = true,
        CpuCfsQuota = true,
        CpuSet = true,
        PidsLimit = true,
        BlkioWeight = true,
        BlkioThrottle = true,
        Cpus = "0-3",
        Mems = "0",
    };

    public IReadOnlyList<string> Warnings() => [];

    public ICgroup Create(string path, CgroupResources resources) => Failure is { } failure
        ? throw failure
        : Existing[path] = new FakeCgroup(this, path) { Resources = resources };

    public ICgroup Open(string path) => Existing.GetValueOrDefault(path) ?? new FakeCgroup(this, path);

    public IReadOnlyList<MountSpec> ContainerMounts(bool writable) =>
        [new MountSpec(MountKind.CgroupV2, "cgroup", "/sys/fs/cgroup", writable ? 0UL : 1UL, 0, false, "")];

    internal sealed class FakeCgroup(FakeCgroups driver, string path) : ICgroup
    {
        public CgroupResources? Resources { get; set; }

        public bool Frozen { get; private set; }

        public bool Killed { get; private set; }

        public long OutOfMemoryKills { get; set; }

        public List<int> Members { get; } = [];

        public Action? OnKill { get; set; }

        public string Path => path;

        public bool Exists => driver.Existing.ContainsKey(path);

        public bool ClonesInto => true;

        public SafeFileHandle? OpenForClone() => null;

        public void Add(int pid) => Members.Add(pid);

        public void AddForFork(int pid) => Members.Add(pid);

        public void Update(CgroupResources resources) => Resources = resources;

        public Task FreezeAsync(CancellationToken cancellation)
        {
            Frozen = true;
            return Task.CompletedTask;
        }

        public Task ThawAsync(CancellationToken cancellation)
        {
            Frozen = false;
            return Task.CompletedTask;
        }

        public void Kill()
        {
            Killed = true;
            Members.Clear();
            OnKill?.Invoke();
        }

        public IReadOnlyList<int> Pids() => Members;

        public long OomKills() => OutOfMemoryKills;

        /// <summary>What it is said to have used.</summary>
        public CgroupStatistics Used { get; set; } = new();

        public CgroupStatistics Statistics() => Used;

        public Task RemoveAsync(CancellationToken cancellation)
        {
            driver.Existing.TryRemove(path, out _);
            return Task.CompletedTask;
        }
    }
}
