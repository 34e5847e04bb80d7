using System.Globalization;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    private const int UnknownExitCode = 255;

    /// <summary>Waits for a run's end and deals with it. Nobody awaits this, so it must not throw.</summary>
    private async Task MonitorAsync(Container container, ContainerRun run)
    {
        try
        {
            ExitStatus exit = await AwaitExitAsync(container, run);
            using AsyncLock.Holder holder = await container.Queue.AcquireAsync();
            await EndInQueueAsync(container, run, exit);
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: dealing with its end", container.Id);
        }
        finally
        {
            run.SetEnded();
        }
    }

    /// <summary>Should the driver fail to say how a process ended, the container has ended all the same.</summary>
    private static async Task<ExitStatus> AwaitExitAsync(Container container, ContainerRun run)
    {
        try
        {
            return await run.Process.Exited;
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: waiting for its end", container.Id);
            return new ExitStatus(UnknownExitCode, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>
    /// In the queue: what there is to learn is read, log, ports and names are given back, the state is written down, and only then are waiters
    /// told, so that whoever was told finds everything as it will stay. Links and the
    /// cgroup follow; they hold nothing that anybody waits for.
    /// </summary>
    private async Task EndInQueueAsync(Container container, ContainerRun run, ExitStatus exit)
    {
        EndHealthChecks(container);
        bool outOfMemory = CountOomKills(container, run) > 0;
        if (container.Record.HostConfig.PidMode.Length > 0)
        {
            // Without a pid namespace of its own the rest does not die with the first process.
            await TryAsync(container, "killing what is left of it", () => Task.Run(run.Cgroup.Kill));
        }

        await TryAsync(container, "releasing its root file system", () => _parts.Layers.CloseRootfsAsync(container.Id));
        await TryAsync(container, "unmounting its volumes", () => MountSources.ReleaseAsync(container.Record.Mounts, _parts.Volumes, container.Id));
        await TryAsync(container, "closing its log", async () => await run.Log.DisposeAsync());
        IReadOnlyList<IEndpoint> endpoints = run.Network?.Endpoints ?? [];
        await TryAsync(container, "releasing its network", () => LeaveAsync(run.Network));
        await TryAsync(container, "forgetting its process", () => Task.Run(() => _files.DeleteRun(container.Id)));
        bool restart = DecideRestart(container, run, exit);
        bool remove = !restart && container.Record.HostConfig.AutoRemove && !container.RestartRequested;
        container.SetEnded(EndRecord(container.Record, exit, outOfMemory, restart));
        if (remove)
        {
            run.Process.Forget();
        }
        else
        {
            Save(container, run.Process.Forget);
        }

        await container.ReplaceStreams().EndAsync();
        if (outOfMemory)
        {
            Publish(container, "oom");
        }

        Publish(
            container,
            "die",
            ("exitCode", exit.Code.ToString(CultureInfo.InvariantCulture)),
            ("execDuration", ((long)(exit.At - run.StartedAt).TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        PublishNetworks(container, endpoints, "disconnect");
        PublishMounts(container, "unmount");

        // Only now: who waits for the end publishes what follows from it ("stop", "restart"), and clients rely on "die" coming first.
        run.SetEnded();
        await TryAsync(container, "releasing its process", run.Process.ReleaseAsync);
        await TryAsync(container, "removing its cgroup", () => run.Cgroup.RemoveAsync(CancellationToken.None));
        if (restart)
        {
            ScheduleRestart(container);
        }
        else if (remove)
        {
            await RemoveInQueueAsync(container, removeVolumes: true);
        }
    }

    private static ContainerRecord EndRecord(ContainerRecord record, ExitStatus exit, bool outOfMemory, bool restart) => record with
    {
        RestartCount = restart ? record.RestartCount + 1 : record.RestartCount,
        State = record.State with
        {
            Status = restart ? ContainerStatus.Restarting : ContainerStatus.Exited,
            Pid = 0,
            ExitCode = exit.Code,
            OOMKilled = outOfMemory,
            FinishedAt = exit.At,
        },
    };

    private bool DecideRestart(Container container, ContainerRun run, ExitStatus exit)
    {
        ContainerRecord record = container.Record;
        bool restart = RestartRules.AfterExit(record.HostConfig.RestartPolicy, exit.Code, record.RestartCount, record.StoppedByUser || _shuttingDown);
        container.RestartDelay = restart ? RestartRules.NextDelay(container.RestartDelay, run.Age.Value) : TimeSpan.Zero;
        return restart;
    }

    private void ScheduleRestart(Container container)
    {
        CancellationTokenSource pending = new();
        container.PendingRestart = pending;
        _ = RestartLaterAsync(container, container.RestartDelay, pending);
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task RestartLaterAsync(Container container, TimeSpan delay, CancellationTokenSource pending)
    {
        try
        {
            await Task.Delay(delay, pending.Token);
            using AsyncLock.Holder holder = await container.Queue.AcquireAsync();
            if (container.PendingRestart == pending && !container.IsRemoved)
            {
                container.PendingRestart = null;
                await StartInQueueAsync(container);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped, removed or started by a user meanwhile.
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: restart by policy", container.Id);
        }
        finally
        {
            pending.Dispose();
        }
    }

    /// <summary>In the queue: the container waits for its restart no longer and counts as exited.</summary>
    private void CancelPendingRestart(Container container)
    {
        container.PendingRestart?.Cancel();
        container.PendingRestart = null;
        container.SetEnded(container.Record with { State = container.State with { Status = ContainerStatus.Exited } });
    }

    private static long CountOomKills(Container container, ContainerRun run)
    {
        try
        {
            return run.Cgroup.OomKills();
        }
        catch (Exception failure)
        {
            s_log.Warn(failure, "container {0}: reading its OOM counter", container.Id);
            return 0;
        }
    }

    private static async Task LeaveAsync(ISandbox? network)
    {
        if (network is not null)
        {
            await network.LeaveAsync();
        }
    }

    /// <summary>One step of an end; its failure is told to the operator and must not keep the container from having ended.</summary>
    private static async Task TryAsync(Container container, string step, Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: {1}", container.Id, step);
        }
    }
}
