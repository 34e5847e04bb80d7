using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    private const string StartFailurePrefix = "failed to create task for container: ";

    private const int StartFailedExitCode = 128, NotExecutableExitCode = 126, NotFoundExitCode = 127;

    /// <summary>Starts a container; not modified when it runs already.</summary>
    public async Task StartAsync(string reference)
    {
        RefuseWhenShuttingDown();
        (Container container, AsyncLock.Holder holder) = await EnterAsync(reference);
        using (holder)
        {
            switch (container.State.Status)
            {
                case ContainerStatus.Paused:
                    throw EngineException.Conflict("cannot start a paused container, try unpause instead");
                case ContainerStatus.Running:
                    throw new EngineException(ErrorKind.NotModified, $"container {container.Id} is already started");
                case ContainerStatus.Removing or ContainerStatus.Dead:
                    throw EngineException.Conflict("container is marked for removal and cannot be started");
                case ContainerStatus.Restarting:
                    CancelPendingRestart(container);
                    break;
            }

            await StartByUserAsync(container);
        }
    }

    /// <summary>In the queue: a start that a user asked for, which forgets earlier restarts and stops.</summary>
    private async Task StartByUserAsync(Container container)
    {
        container.SetRecord(container.Record with { RestartCount = 0, StoppedByUser = false });
        container.RestartDelay = TimeSpan.Zero;
        container.RestartRequested = false;
        await StartInQueueAsync(container);
    }

    /// <summary>In the queue: starts, or records the failure and throws what the client is to see.</summary>
    private async Task StartInQueueAsync(Container container)
    {
        ContainerState before = container.State;
        ContainerRecord starting = container.Record with
        {
            State = new ContainerState
            {
                Status = ContainerStatus.Running,
                StartedAt = DateTimeOffset.UtcNow,
                FinishedAt = before.FinishedAt,
                Health = HealthCheck.Of(container.Record.Config) is null ? null : HealthState.Begin(before.Health),
            },
        };
        try
        {
            await container.Visits.EndAsync(s_visitPatience);
            ContainerRun run = await _launcher.LaunchAsync(starting, container.Streams);
            container.SetRun(run);
            container.SetRecord(starting with { State = starting.State with { Pid = run.Process.Identity.Pid } });
            container.Streams.SetProcess(run.Process);
            BeginHealthChecks(container, run);
            PublishNetworks(container, run.Network?.Endpoints ?? [], "connect");
            PublishMounts(container, "mount");
            Publish(container, "start");
            _ = MonitorAsync(container, run);
        }
        catch (Exception failure)
        {
            await RecordFailedStartAsync(container, before, failure);
            throw StartError(failure);
        }
    }

    private async Task RecordFailedStartAsync(Container container, ContainerState before, Exception failure)
    {
        container.SetEnded(container.Record with
        {
            State = before with
            {
                Status = before.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited,
                ExitCode = (failure as StartException)?.ExitCode ?? StartFailedExitCode,
                Error = StartError(failure).Message,
                OOMKilled = false,
            },
        });
        await container.ReplaceStreams().EndAsync();
        if (container.Record.HostConfig.AutoRemove)
        {
            await TryAsync(container, "removing it", () => Task.Run(() => RemoveInQueueAsync(container, removeVolumes: true)));
        }
        else
        {
            Save(container);
        }
    }

    /// <summary>Docker's words: docker run shows 127 or 126 by finding "executable file not found" or "permission denied" in them.</summary>
    private static EngineException StartError(Exception failure) => failure switch
    {
        EngineException known => known,
        StartException { IsOfTheRequest: true } start => EngineException.InvalidParameter(start.Message, start),
        StartException start => EngineException.System(start.Message, start),
        _ => EngineException.System(StartFailurePrefix + failure.Message, failure),
    };
}
