using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
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
            await run.Cgroup.FreezeAsync(CancellationToken.None);
            container.SetState(container.State with { Status = ContainerStatus.Paused });
            Publish(container, "pause");
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

            await run.Cgroup.ThawAsync(CancellationToken.None);
            container.SetState(container.State with { Status = ContainerStatus.Running });
            BeginHealthChecks(container, run);
            Publish(container, "unpause");
        }
    }
}
