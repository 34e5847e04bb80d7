using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>For execs that are being started when a pause comes.</summary>
    private static readonly TimeSpan s_spawnTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Freezes all processes of a container.</summary>
    public async Task PauseAsync(string reference)
    {
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            ContainerRun run = container.State.Status switch
            {
                ContainerStatus.Paused => throw EngineException.Conflict($"container {container.Id} is already paused"),
                ContainerStatus.Restarting => throw EngineException.Conflict($"container {container.Id} is restarting, wait until the container is running"),
                ContainerStatus.Running when container.Run is { } alive => alive,
                _ => throw NotRunning(container),
            };
            EndHealthChecks(container);
            using (await CloseSpawnsAsync(container, run, "pause"))
            {
                await run.Cgroup.FreezeAsync(CancellationToken.None);
                container.SetState(container.State with { Status = ContainerStatus.Paused });
                SaveForNext(container);
            }

            Publish(container, "pause");
        }
    }

    private static async Task<SpawnGate.Closure> CloseSpawnsAsync(Container container, ContainerRun run, string purpose)
    {
        try
        {
            return await run.Spawns.CloseAsync(s_spawnTimeout);
        }
        catch (TimeoutException)
        {
            throw EngineException.System($"cannot {purpose} container {container.Id}: the start of an exec in it does not end");
        }
    }

    /// <summary>Not while a process is brought in that counts on it being frozen.</summary>
    private static async Task ThawAsync(Container container, ContainerRun run, string purpose)
    {
        using (await CloseSpawnsAsync(container, run, purpose))
        {
            await run.Cgroup.ThawAsync(CancellationToken.None);
        }
    }

    /// <summary>Lets a paused container go on.</summary>
    public async Task UnpauseAsync(string reference)
    {
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            if (container.State.Status != ContainerStatus.Paused || container.Run is not { } run)
            {
                throw EngineException.Conflict($"container {container.Id} is not paused");
            }

            await ThawAsync(container, run, "unpause");
            container.SetState(container.State with { Status = ContainerStatus.Running });
            SaveForNext(container);
            BeginHealthChecks(container, run);
            Publish(container, "unpause");
        }
    }
}
