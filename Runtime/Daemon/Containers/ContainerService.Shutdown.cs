using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>
    /// Ends all containers at the daemon's end (with live restore none), side by side: each has its own stop timeout, all together have <paramref name="timeout"/>,
    /// after which they are killed. From now on nothing is created, started or restarted.
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
        if (await Task.WhenAny(all, Task.Delay(timeout)) != all)
        {
            await Task.WhenAll(_store.All.Where(container => !OutlivesDaemon(container)).Select(KillAtShutdownAsync));
        }

        await _unsaved.TryAllAsync();
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
