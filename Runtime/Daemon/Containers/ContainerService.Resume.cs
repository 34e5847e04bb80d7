using Newtonsoft.Json;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.Processes;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>
    /// What a former daemon left running: with live restore the daemon goes on with it, without it is ended. Who has ended meanwhile has the exit
    /// code and time that the supervisor saw.
    /// </summary>
    private async Task RestoreRunsAsync(CancellationToken cancellation)
    {
        Dictionary<string, HeldProcess> held = [];
        foreach (HeldProcess process in _parts.LiveRestore?.Processes ?? [])
        {
            if (HoldingKeys.IsExec(process.Key))
            {
                continue;
            }

            if (!HoldingKeys.IsContainer(process.Key) || !held.TryAdd(HoldingKeys.IdOf(process.Key), process))
            {
                Discard(process);
            }
        }

        foreach (List<Container> group in InOrderOfDependence(_store.All))
        {
            await Parallel.ForEachAsync(group, cancellation, async (container, _) => await RestoreRunAsync(container, held.GetValueOrDefault(container.Id)));
        }

        foreach ((string id, HeldProcess process) in held)
        {
            // Of a container that is gone, or that has been ended.
            if (_store.Find(id)?.Run is null)
            {
                Discard(process);
            }
        }

        await Task.WhenAll(_files.ListRuns().Concat(_files.ListDamaged()).Where(id => _store.Find(id) is null).Distinct().Select(EndUnknownAsync));
        ResumeExecs();
        _parts.LiveRestore?.Restored();
    }

    /// <summary>How an exec outlives the daemon: with what was asked, so that it can be inspected. A health check does not: the next daemon makes its own.</summary>
    private Holding? HoldingOf(ExecInstance exec) => _parts.Outlive && exec.Capture is null
        ? new Holding(HoldingKeys.Exec(exec.Id), JsonConvert.SerializeObject(new ExecNotes(exec.Container.Id, exec.Request)), "", [])
        : null;

    /// <summary>Commands of execs go on; their clients are gone, and what they write from now on goes nowhere.</summary>
    private void ResumeExecs()
    {
        foreach (HeldProcess process in (_parts.LiveRestore?.Processes ?? []).Where(process => HoldingKeys.IsExec(process.Key)))
        {
            try
            {
                ExecNotes? notes = JsonConvert.DeserializeObject<ExecNotes>(process.Notes);
                if (notes is null || _store.Find(notes.ContainerId) is not { Run: not null } container)
                {
                    Discard(process);
                    continue;
                }

                ExecInstance exec = new(container, notes.Request) { Id = HoldingKeys.IdOf(process.Key) };
                exec.TryBegin();
                IContainerProcess running = _parts.Execution.TakeOver(process, exec.Streams, "", null);
                exec.SetState(new ExecState(true, running.Identity.Pid, null, null));
                exec.Streams.SetProcess(running);
                _execs.Add(exec);
                _ = MonitorExecAsync(exec, running);
            }
            catch (JsonException damaged)
            {
                s_log.Error(damaged, "an exec of a former daemon cannot be gone on with, and is ended");
                Discard(process);
            }
        }
    }

    /// <summary>A container whose record is lost may have left something that runs; nobody could stop it any more.</summary>
    private async Task EndUnknownAsync(string id)
    {
        try
        {
            ICgroup cgroup = _parts.Cgroups.Open(_launcher.CgroupPath(id, ""));
            if (cgroup.Exists)
            {
                cgroup.Kill();
            }

            if (_files.LoadRun(id) is { } run)
            {
                await LeftoverProcess.KillAsync(run.Process);
            }

            if (cgroup.Exists)
            {
                await cgroup.RemoveAsync(CancellationToken.None);
            }

            _files.DeleteRun(id);
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}, whose record is lost: ending what it left", id);
        }
    }

    private async Task RestoreRunAsync(Container container, HeldProcess? process)
    {
        // A build ends with the daemon, and so do its steps.
        bool resumes = process is not null && !container.Record.OfBuild && (_parts.Outlive || process.Child.HasExited);
        if (!resumes || !await ResumeAsync(container, process!))
        {
            await EndLeftoverAsync(container);
        }
    }

    /// <summary>Goes on with a run; false when that cannot be done, which the log then tells.</summary>
    private async Task<bool> ResumeAsync(Container container, HeldProcess process)
    {
        try
        {
            ContainerRecord record = container.Record;
            RunRecord? known = _files.LoadRun(record.Id);
            ContainerRun run = await _launcher.ResumeAsync(record, container.Streams, process, known);
            ContainerStatus status = record.State.Status == ContainerStatus.Paused ? ContainerStatus.Paused : ContainerStatus.Running;
            container.SetRun(run);
            container.SetRecord(record with { State = record.State with { Status = status, Pid = process.Child.Pid } });
            container.Streams.SetProcess(run.Process);
            if (!process.Child.HasExited)
            {
                await RestoreFreezerAsync(container, run, status);
                if (status == ContainerStatus.Running)
                {
                    BeginHealthChecks(container, run);
                }
            }

            _ = MonitorAsync(container, run);
            return true;
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: it cannot be gone on with, and is ended", container.Id);
            return false;
        }
    }

    /// <summary>Writes down what only a daemon that takes over has to know.</summary>
    private void SaveForNext(Container container)
    {
        if (_parts.Outlive)
        {
            Save(container);
        }
    }

    /// <summary>A daemon may have died between freezing and saying so.</summary>
    private static Task RestoreFreezerAsync(Container container, ContainerRun run, ContainerStatus status) =>
        TryAsync(container, "its freezer", () => status == ContainerStatus.Paused
            ? run.Cgroup.FreezeAsync(CancellationToken.None)
            : run.Cgroup.ThawAsync(CancellationToken.None));

    /// <summary>Nobody knows what it is any more.</summary>
    private static void Discard(HeldProcess process)
    {
        process.Dispose();
        if (!process.Child.HasExited)
        {
            Libc.try_pidfd_send_signal(process.Child.Pidfd.Handle.Fd(), Libc.SIGKILL);
        }

        _ = ForgetAsync(process.Child);
    }

    private static async Task ForgetAsync(SupervisedChild child)
    {
        await child.WaitAsync();
        child.Forget();
        child.Dispose();
    }
}
