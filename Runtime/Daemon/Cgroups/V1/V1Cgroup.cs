using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V1;

/// <summary>A container's directories, one per v1 hierarchy.</summary>
internal sealed class V1Cgroup(IReadOnlyList<V1Hierarchy> hierarchies, string path) : ICgroup
{
    private const int FreezeAttempts = 500;

    public string Path { get; } = path;

    public bool Exists => hierarchies.Any(hierarchy => hierarchy.Directory(Path).Exists);

    public bool ClonesInto => false;

    public SafeFileHandle? OpenForClone() => null;

    public void Add(int pid) => Add("cgroup.procs", pid);

    /// <summary>One thread: it takes no place from others where pids are limited, and the kernel waits for nobody.</summary>
    public void AddForFork(int pid) => Add("tasks", pid);

    public void Update(CgroupResources resources) => Apply(V1Settings.Limits(resources, MemorySwapNow()));

    public async Task FreezeAsync(CancellationToken cancellation)
    {
        CgroupDirectory freezer = Freezer();
        freezer.Write("freezer.state", "FROZEN");
        try
        {
            await UntilFrozenAsync(freezer, cancellation).ConfigureAwait(false);
        }
        catch
        {
            freezer.TryWrite("freezer.state", "THAWED");
            throw;
        }
    }

    public Task ThawAsync(CancellationToken cancellation)
    {
        // Thawing is complete when the write returns.
        Freezer().Write("freezer.state", "THAWED");
        return Task.CompletedTask;
    }

    /// <summary>Forks are stopped by the pids controller (or the freezer), then every process gets its signal; a frozen one dies when thawed.</summary>
    public void Kill()
    {
        CgroupDirectory? pids = Directory("pids");
        string? limit = pids?.Read("pids.max")?.Trim();
        bool forksStopped = limit is not null && pids!.TryWrite("pids.max", "0") == 0;
        CgroupDirectory? freezer = Directory("freezer");
        try
        {
            if (!forksStopped)
            {
                freezer?.TryWrite("freezer.state", "FROZEN");
            }

            CgroupKill.Rounds(Pids);
        }
        finally
        {
            freezer?.TryWrite("freezer.state", "THAWED");
            if (forksStopped)
            {
                pids!.TryWrite("pids.max", limit!);
            }
        }
    }

    public IReadOnlyList<int> Pids()
    {
        SortedSet<int> pids = [];
        Main().CollectPids(pids);
        return pids.ToArray();
    }

    /// <summary>v1 counts a kill in the victim's own cgroup only, so those below are added up (Linux 4.13; 0 before).</summary>
    public long OomKills() => Directory("memory") is { } memory ? OomKills(memory) : 0;

    public CgroupStatistics Statistics() => V1Statistics.Read(Directory);

    public Task RemoveAsync(CancellationToken cancellation) =>
        CgroupRemoval.RemoveAsync(hierarchies.Select(hierarchy => hierarchy.Directory(Path)).ToArray(), cancellation);

    /// <summary>Limits and device rules of a new cgroup.</summary>
    public void Initialize(CgroupResources resources, bool swapAccounting)
    {
        Apply(V1Settings.Limits(resources, swapAccounting ? V1Settings.Unlimited : null));
        if (resources.DeviceRules is not null)
        {
            // One by one: the list is order-sensitive, so nothing may be put off.
            foreach (CgroupSetting rule in V1Settings.Devices(resources.DeviceRules))
            {
                Apply([rule]);
            }
        }
    }

    private static long OomKills(CgroupDirectory directory) =>
        (directory.ReadKey("memory.oom_control", "oom_kill") ?? 0) + directory.Children().Sum(OomKills);

    /// <summary>
    /// The v1 freezer has no event, and FREEZING may last as long as a task sits in an uninterruptible wait; so it is read again with pauses, in a bound.
    /// Writing FROZEN again makes the kernel look at tasks that were forked meanwhile.
    /// </summary>
    private static async Task UntilFrozenAsync(CgroupDirectory freezer, CancellationToken cancellation)
    {
        for (int attempt = 0; attempt < FreezeAttempts; attempt++)
        {
            if (freezer.Read("freezer.state")?.Trim() == "FROZEN")
            {
                return;
            }

            await Task.Delay(Math.Min(1 + (attempt / 10), 20), cancellation).ConfigureAwait(false);
            freezer.Write("freezer.state", "FROZEN");
        }

        throw EngineException.System("cannot freeze the processes: one of them does not stop");
    }

    private void Add(string file, int pid)
    {
        string text = pid.ToString();
        foreach (V1Hierarchy hierarchy in hierarchies)
        {
            hierarchy.Directory(Path).Write(file, text);
        }
    }

    private void Apply(IReadOnlyList<CgroupSetting> settings) => CgroupSettings.Apply(settings, Directory);

    private long? MemorySwapNow() => Directory("memory")?.ReadNumber("memory.memsw.limit_in_bytes");

    private CgroupDirectory Freezer() =>
        Directory("freezer") ?? throw EngineException.System("cannot freeze: the host has no freezer controller");

    /// <summary>Where processes are counted: any hierarchy does, the pids controller's first.</summary>
    private CgroupDirectory Main() => Directory("pids") ?? Directory("memory") ?? hierarchies[0].Directory(Path);

    private CgroupDirectory? Directory(string controller) =>
        hierarchies.FirstOrDefault(hierarchy => hierarchy.Has(controller))?.Directory(Path);
}
