using System.Globalization;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    private const int WithoutLimit = -1;

    /// <summary>Seconds; timers end at 49 days, and who waits longer waits without limit.</summary>
    private const int LongestTimeout = 4_000_000;

    /// <summary>From SIGKILL to the end of the process. Only a process in an uninterruptible wait takes longer; the client is then told.</summary>
    private static readonly TimeSpan s_killTimeout = TimeSpan.FromSeconds(10);

    /// <summary>From the end of the process to the end on record: its last output is read first, and logged at the pace of the disk.</summary>
    private static readonly TimeSpan s_recordTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Stops a container: its stop signal, then SIGKILL. Not modified when it does not run.</summary>
    /// <param name="signal">null takes the container's own.</param>
    /// <param name="timeout">Seconds; null takes the container's own, −1 waits without limit.</param>
    public async Task StopAsync(string reference, string? signal, int? timeout)
    {
        int? number = string.IsNullOrEmpty(signal) ? null : Signals.Parse(signal);
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        int used = number ?? StopSignal(container);
        ContainerRun? run;
        using (holder)
        {
            run = BeginStop(container);
            if (run is null)
            {
                return;
            }

            await SignalAsync(container, run, used, thaw: true);
        }

        await EndRunAsync(container, run, used, timeout ?? StopTimeout(container));
        Publish(container, "stop");
    }

    /// <summary>Stops if it runs, and starts.</summary>
    public async Task RestartAsync(string reference, string? signal, int? timeout)
    {
        RefuseWhenShuttingDown();
        int? number = string.IsNullOrEmpty(signal) ? null : Signals.Parse(signal);
        Container container = _store.Get(reference);
        int used = number ?? StopSignal(container);
        while (true)
        {
            ContainerRun run;
            using (AsyncLock.Holder holder = await container.Queue.AcquireAsync())
            {
                ThrowIfRemoved(container, reference);
                if (container.State.Status == ContainerStatus.Restarting)
                {
                    CancelPendingRestart(container);
                }

                if (!container.State.Alive || container.Run is null)
                {
                    await StartByUserAsync(container);
                    Publish(container, "restart");
                    return;
                }

                container.RestartRequested = true; // else a container of --rm would be gone before it can start
                run = BeginStop(container)!;
                await SignalAsync(container, run, used, thaw: true);
            }

            await EndRunAsync(container, run, used, timeout ?? StopTimeout(container));
        }
    }

    /// <summary>Sends a signal to a container's first process; conflict when it does not run. Whoever sends SIGKILL finds it ended.</summary>
    public async Task KillAsync(string reference, string? signal)
    {
        int number = string.IsNullOrEmpty(signal) ? Libc.SIGKILL : Signals.Parse(signal);
        if (await SendAsync(reference, number) is { } run && number == Libc.SIGKILL && !await EndsWithinAsync(run, (int)s_killTimeout.TotalSeconds))
        {
            s_log.Warn("container {0} has not ended {1} s after SIGKILL", reference, s_killTimeout.TotalSeconds);
        }
    }

    /// <returns>What got the signal; null when there was only a restart to call off.</returns>
    private async Task<ContainerRun?> SendAsync(string reference, int number)
    {
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            if (container.State.Status == ContainerStatus.Restarting)
            {
                BeginStop(container);
                return null;
            }

            if (!container.State.Alive || container.Run is not { } run)
            {
                throw EngineException.Conflict($"cannot kill container: {reference}: container {container.Id} is not running");
            }

            bool ends = number == Libc.SIGKILL || number == StopSignal(container);
            if (ends)
            {
                container.SetRecord(container.Record with { StoppedByUser = !_shuttingDown });
            }

            await SignalAsync(container, run, number, thaw: ends);
            return run;
        }
    }

    private static int StopSignal(Container container) =>
        container.Record.Config.StopSignal is { Length: > 0 } name && Signals.TryParse(name, out int signal) ? signal : Libc.SIGTERM;

    private int StopTimeout(Container container) => container.Record.Config.StopTimeout ?? (int)_defaults.StopTimeout.TotalSeconds;

    private static void ThrowIfRemoved(Container container, string reference)
    {
        if (container.IsRemoved)
        {
            throw EngineException.NotFound($"No such container: {reference}");
        }
    }

    /// <summary>In the queue: notes that it is to stay down. Returns the run to end, or null when there was only a restart to call off.</summary>
    private ContainerRun? BeginStop(Container container)
    {
        container.SetRecord(container.Record with { StoppedByUser = !_shuttingDown });
        if (container.State.Status == ContainerStatus.Restarting)
        {
            CancelPendingRestart(container);
            Save(container);
            return null;
        }

        if (!container.State.Alive || container.Run is not { } run)
        {
            throw new EngineException(ErrorKind.NotModified, $"container {container.Id} is already stopped");
        }

        EndHealthChecks(container);
        return run;
    }

    /// <summary>Waits until the end of a run that has got its signal is recorded; after the timeout it is killed.</summary>
    private async Task EndRunAsync(Container container, ContainerRun run, int signal, int timeoutSeconds)
    {
        if (signal != Libc.SIGKILL && !await EndsWithinAsync(run, timeoutSeconds))
        {
            s_log.Info("container {0} did not end by signal {1} within {2} s, killing it", container.Id, signal, timeoutSeconds);
        }

        if (run.Ended.IsCompleted)
        {
            return;
        }

        try
        {
            await KillRunAsync(container, run);
        }
        catch (EngineException unkilled)
        {
            throw EngineException.System($"cannot stop container: {container.Id}: {unkilled.Message}", unkilled);
        }
    }

    /// <summary>SIGKILL to all of a run, and waits until its end is recorded.</summary>
    private async Task KillRunAsync(Container container, ContainerRun run)
    {
        Publish(container, "kill", ("signal", Libc.SIGKILL.ToString(CultureInfo.InvariantCulture))); // first: not in the queue, so "die" may come at once
        run.Process.Kill(Libc.SIGKILL);
        run.Cgroup.Kill();
        try
        {
            await run.Process.Reaped.WaitAsync(s_killTimeout);
            await run.Ended.WaitAsync(s_recordTimeout);
        }
        catch (TimeoutException)
        {
            throw EngineException.System("tried to kill container, but did not receive an exit event");
        }
    }

    private static async Task<bool> EndsWithinAsync(ContainerRun run, int seconds)
    {
        if (seconds is <= WithoutLimit or > LongestTimeout)
        {
            await run.Ended;
            return true;
        }

        try
        {
            await run.Process.Reaped.WaitAsync(TimeSpan.FromSeconds(seconds));
            await run.Ended.WaitAsync(s_recordTimeout);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>In the queue.</summary>
    /// <param name="thaw">A paused container cannot act on a signal: let it run again so that it ends.</param>
    private async Task SignalAsync(Container container, ContainerRun run, int signal, bool thaw)
    {
        run.Process.Kill(signal);
        if (thaw && container.State.Status == ContainerStatus.Paused)
        {
            await ThawAsync(container, run, "stop");
            container.SetState(container.State with { Status = ContainerStatus.Running });
        }

        Publish(container, "kill", ("signal", signal.ToString(CultureInfo.InvariantCulture)));
    }
}
