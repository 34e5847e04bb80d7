using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>What a container has beyond its stop timeout, to be killed in.</summary>
    private static readonly TimeSpan s_stopGrace = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Ends all containers at the daemon's end (with live restore none), side by side: each has its own stop timeout, all together have <paramref name="timeout"/>
    /// or, as with Docker, what the most patient of them asks for; after that they are killed. From now on nothing is created, started or restarted.
    /// </summary>
    public async Task ShutdownAsync(TimeSpan timeout)
    {
        _shuttingDown = true;

        // Those that outlive the daemon run on. Their health checks are the daemon's, and end with it.
        Task[] stops =
        [
            .. _store.All.Where(OutlivesDaemon).Select(EndHealthChecksAsync),
            .. _store.All.Where(container => container.State.Running && !OutlivesDaemon(container)).Select(StopAtShutdownAsync),
        ];
        Task all = Task.WhenAll(stops);
        if (await Task.WhenAny(all, Task.Delay(ShutdownTimeout(timeout))) != all)
        {
            await Task.WhenAll(_store.All.Where(container => !OutlivesDaemon(container)).Select(KillAtShutdownAsync));
        }

        await _unsaved.TryAllAsync();
    }

    private TimeSpan ShutdownTimeout(TimeSpan configured)
    {
        int longest = _store.All.Where(container => container.State.Running && !OutlivesDaemon(container)).Select(StopTimeout).Append(0).Aggregate((one, other) => one < 0 || other < 0 ? -1 : Math.Max(one, other));
        TimeSpan asked = TimeSpan.FromSeconds(longest) + s_stopGrace;
        return longest < 0 || configured == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : asked > configured ? asked : configured;
    }

    private bool OutlivesDaemon(Container container) => _parts.Outlive && container.Run is { Process.OutlivesDaemon: true };

    private static async Task EndHealthChecksAsync(Container container)
    {
        using AsyncLock.Holder holder = await container.Queue.AcquireAsync();
        EndHealthChecks(container);
    }

    private async Task StopAtShutdownAsync(Container container)
    {
        try
        {
            await StopAsync(container.Id, null, null);
        }
        catch (EngineException stopped) when (stopped.Kind is ErrorKind.NotModified or ErrorKind.NotFound)
        {
            // It ended by itself meanwhile.
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: stopping it at shutdown", container.Id);
        }
    }

    private async Task KillAtShutdownAsync(Container container)
    {
        if (container.Run is { } run)
        {
            await TryAsync(container, "killing it at shutdown", () => KillRunAsync(container, run));
        }
    }
}
