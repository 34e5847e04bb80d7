using System.Collections.Concurrent;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.Processes;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    private const int KilledExitCode = 128 + Libc.SIGKILL;

    /// <summary>
    /// Reads all containers at the daemon's start, before anything else is asked of this service. Those that ran under a former daemon are
    /// ended: their output and exit code have no one to go to. Then what a crash left in layers, networks and volumes is swept.
    /// </summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        _parts.Volumes.Load();
        _files.Sweep();
        ConcurrentBag<ContainerRecord> records = [];
        await Parallel.ForEachAsync(_files.List(), cancellation, (id, _) =>
        {
            if (_files.Load(id) is { } record)
            {
                records.Add(record);
            }

            return ValueTask.CompletedTask;
        });
        foreach (ContainerRecord record in records.OrderBy(record => record.Created))
        {
            Register(record);
        }

        await RestoreRunsAsync(cancellation);
        _parts.Layers.Sweep(_store.All.Select(container => container.Id).Concat(_files.ListDamaged()).ToHashSet());
        await _parts.Networks.SweepAsync(cancellation);
        foreach (Container container in _store.All.Where(container => IsDone(container) && container.Run is null))
        {
            await TryAsync(container, "removing it after a restart of the daemon", () => Task.Run(() => RemoveInQueueAsync(container, removeVolumes: true)));
        }
    }

    /// <summary>Starts what its restart policy wants to run; those that share another's network, pid or ipc namespace, or are linked to others, after those.</summary>
    public async Task StartByPolicyAsync(CancellationToken cancellation)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = _defaults.ParallelStarts, CancellationToken = cancellation };
        foreach (List<Container> group in InOrderOfDependence(_store.All.Where(WantsStart)))
        {
            await Parallel.ForEachAsync(group, options, async (container, _) => await TryAsync(container, "starting it by its restart policy", async () =>
            {
                using AsyncLock.Holder holder = await container.Queue.AcquireAsync();
                if (!container.IsRemoved && !container.State.Running)
                {
                    await StartByUserAsync(container);
                }
            }));
        }
    }

    /// <summary>What is removed at a start of the daemon.</summary>
    private static bool IsDone(Container container) =>
        container.Record.OfBuild || (container.Record.HostConfig.AutoRemove && container.State.StartedAt is not null);

    private static bool WantsStart(Container container)
    {
        ContainerRecord record = container.Record;
        return record.State is { StartedAt: not null, Running: false }
            && RestartRules.AtBoot(record.HostConfig.RestartPolicy, record.State.ExitCode, record.RestartCount, record.StoppedByUser);
    }

    private void Register(ContainerRecord record)
    {
        string name = record.Name;
        for (int attempt = 1; !_store.TryReserveName(name, record.Id); attempt++)
        {
            name = ContainerNames.Invent(attempt);
        }

        if (name != record.Name)
        {
            s_log.Error("container {0}: its name {1} belongs to another one, it is now {2}", record.Id, record.Name, name);
        }

        _store.Add(new Container(record with { Name = name }));
        foreach (MountPoint mount in record.Mounts.Where(mount => mount.Type == MountPoint.Volume))
        {
            _parts.Volumes.Restore(mount.Name, record.Id);
        }
    }

    /// <summary>Ends what a former daemon left running of a container, and says so in its state.</summary>
    private async Task EndLeftoverAsync(Container container)
    {
        ContainerRecord record = container.Record;
        ProcessIdentity? noted = _files.LoadRun(record.Id)?.Process;
        bool wasRunning = noted is not null || record.State.Running || record.State.Status == ContainerStatus.Removing;
        ICgroup cgroup = _parts.Cgroups.Open(_launcher.CgroupPath(record));

        // A start makes its cgroup while its record is still being written: there may be one of a container that never ran.
        if (!wasRunning && !cgroup.Exists)
        {
            return;
        }

        bool killed = false;
        bool outOfMemory = false;
        await TryAsync(container, "ending what a former daemon left of it", async () =>
        {
            if (cgroup.Exists)
            {
                outOfMemory = cgroup.OomKills() > 0;
                killed = cgroup.Pids().Count > 0;
                cgroup.Kill();
            }

            killed |= noted is { } process && await LeftoverProcess.KillAsync(process);
            if (cgroup.Exists)
            {
                await cgroup.RemoveAsync(CancellationToken.None);
            }
        });
        if (!wasRunning)
        {
            return;
        }

        container.SetRecord(record with
        {
            State = record.State with
            {
                Status = record.State.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited,
                ExitCode = record.State.Status == ContainerStatus.Restarting ? record.State.ExitCode : killed ? KilledExitCode : UnknownExitCode,
                OOMKilled = outOfMemory,
                Health = record.State.Health?.End(),
                FinishedAt = record.State.Status == ContainerStatus.Restarting ? record.State.FinishedAt : DateTimeOffset.UtcNow,
            },
        });
        Save(container);
        _files.DeleteRun(record.Id);
    }
}
