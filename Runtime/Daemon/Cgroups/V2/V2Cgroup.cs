using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups.V2;

/// <summary>A container's directory in the v2 hierarchy.</summary>
internal sealed class V2Cgroup(string path, CgroupDirectory directory) : ICgroup
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(10);

    public string Path { get; } = path;

    public bool Exists => directory.Exists;

    public bool ClonesInto => true;

    public SafeFileHandle? OpenForClone() => Libc.open(directory.Path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    public void Add(int pid) => directory.Write("cgroup.procs", pid.ToString());

    /// <summary>Processes cannot be divided here.</summary>
    public void AddForFork(int pid) => Add(pid);

    public void Update(CgroupResources resources) => Apply(resources);

    public async Task FreezeAsync(CancellationToken cancellation)
    {
        directory.Write("cgroup.freeze", "1");
        try
        {
            if (!await WaitAsync("frozen", 1, cancellation).ConfigureAwait(false))
            {
                throw EngineException.System("cannot freeze the processes: one of them does not stop");
            }
        }
        catch
        {
            directory.TryWrite("cgroup.freeze", "0");
            throw;
        }
    }

    public Task ThawAsync(CancellationToken cancellation)
    {
        // Nobody needs to know when the last task runs again.
        directory.Write("cgroup.freeze", "0");
        return Task.CompletedTask;
    }

    /// <summary>cgroup.kill (Linux 5.14) takes forks and frozen processes along. Before, the freezer stops forks; v2 delivers SIGKILL to frozen tasks.</summary>
    public void Kill()
    {
        int status = directory.TryWrite("cgroup.kill", "1");
        if (status == 0 || !directory.Exists)
        {
            return;
        }

        if (status != -Libc.ENOENT)
        {
            throw new SyscallException("write", -status, directory.File("cgroup.kill"));
        }

        directory.TryWrite("cgroup.freeze", "1");
        try
        {
            CgroupKill.Rounds(Pids);
        }
        finally
        {
            directory.TryWrite("cgroup.freeze", "0");
        }
    }

    public IReadOnlyList<int> Pids()
    {
        SortedSet<int> pids = [];
        directory.CollectPids(pids);
        return pids.ToArray();
    }

    /// <summary>memory.events counts the descendants too.</summary>
    public long OomKills() => directory.ReadKey("memory.events", "oom_kill") ?? 0;

    public CgroupStatistics Statistics() => V2Statistics.Read(directory);

    /// <summary>Waits for the kernel's word that the last process left, so that rmdir succeeds at once as a rule.</summary>
    public async Task RemoveAsync(CancellationToken cancellation)
    {
        if (CgroupRemoval.TryRemove(directory))
        {
            return;
        }

        await WaitAsync("populated", 0, cancellation).ConfigureAwait(false);
        await CgroupRemoval.RemoveAsync([directory], cancellation).ConfigureAwait(false);
    }

    /// <summary>Limits and the device program of a new cgroup.</summary>
    public void Initialize(CgroupResources resources)
    {
        Apply(resources);
        if (resources.DeviceRules is not null)
        {
            using SafeFileHandle program = Libc.bpf_prog_load_cgroup_device(DeviceProgram.Assemble(resources.DeviceRules));
            using SafeFileHandle cgroup = OpenForClone()!;
            Libc.bpf_prog_attach_cgroup_device(cgroup.Fd(), program.Fd(), directory.Path);
        }
    }

    private void Apply(CgroupResources resources) => CgroupSettings.Apply(V2Settings.Limits(resources, directory.Read), _ => directory);

    /// <summary>Waits until a key of cgroup.events has a value; false when the time is up. A cgroup that is gone counts as reached.</summary>
    private async Task<bool> WaitAsync(string key, long value, CancellationToken cancellation)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bounded.CancelAfter(s_bound);
        try
        {
            await EventFiles.Shared.WaitAsync(directory, "cgroup.events", text => text?.Contains($"{key} {value}\n") ?? true, bounded.Token)
                .ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
