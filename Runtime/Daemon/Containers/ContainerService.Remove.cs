using System.Globalization;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Removes a container.</summary>
    /// <param name="force">Kill it first when it runs; otherwise that is a conflict.</param>
    /// <param name="removeVolumes">Its anonymous volumes go too.</param>
    public async Task RemoveAsync(string reference, bool force, bool removeVolumes)
    {
        Container container = _store.Get(reference);
        if (container.State.Status == ContainerStatus.Removing)
        {
            throw EngineException.Conflict($"removal of container {reference} is already in progress");
        }

        while (true)
        {
            ContainerRun run;
            using (AsyncLock.Holder holder = await container.Queue.AcquireAsync())
            {
                if (container.IsRemoved)
                {
                    return; // somebody else's rm, or --rm, was first: it is what was asked for
                }

                RefuseToRemoveRunning(container, force);
                if (container.State.Status == ContainerStatus.Restarting)
                {
                    CancelPendingRestart(container);
                }

                if (!container.State.Alive || container.Run is null)
                {
                    await RemoveInQueueAsync(container, removeVolumes);
                    return;
                }

                run = container.Run;
                container.SetRecord(container.Record with { StoppedByUser = true });
            }

            try
            {
                await KillRunAsync(container, run);
            }
            catch (EngineException unkilled)
            {
                // In an uninterruptible wait. It stays as it is, ends when that is over, and can be removed then.
                throw EngineException.System($"cannot remove container \"/{container.Record.Name}\": could not kill: {unkilled.Message}", unkilled);
            }
        }
    }

    /// <summary>Removes all containers that do not run and match the filters label, label! and until.</summary>
    public async Task<ContainerPruneResult> PruneAsync(string? filterText)
    {
        QueryFilters filters = QueryFilterExtensions.ParseFilters(filterText, "label", "label!", "until");
        DateTimeOffset now = DateTimeOffset.UtcNow;
        DateTimeOffset until = filters.Has("until") ? Timestamps.ParseFilter(filters.Get("until")[0], now) : DateTimeOffset.MaxValue;
        ContainerPruneResult result = new();
        foreach (Container container in _store.All)
        {
            bool chosen = !container.State.Running && container.State.Status != ContainerStatus.Removing
                && container.Record.Created <= until && filters.MatchLabels(container.Record.Config.Labels);
            long? size = chosen ? await TryPruneAsync(container) : null;
            if (size is not null)
            {
                result.ContainersDeleted.Add(container.Id);
                result.SpaceReclaimed += size.Value;
            }
        }

        _parts.Events.Publish("container", "prune", "", [KeyValuePair.Create("reclaimed", result.SpaceReclaimed.ToString(CultureInfo.InvariantCulture))]);

        return result;
    }

    private static void RefuseToRemoveRunning(Container container, bool force)
    {
        string? state = container.State.Status switch
        {
            _ when force => null,
            ContainerStatus.Paused => "container is paused and must be unpaused first",
            ContainerStatus.Running => "container is running: stop the container before removing or force remove",
            ContainerStatus.Restarting => "container is restarting: stop the container before removing or force remove",
            _ => null,
        };
        if (state is not null)
        {
            throw EngineException.Conflict($"cannot remove container \"/{container.Record.Name}\": {state}");
        }
    }

    /// <summary>Bytes won, or null when it has been started or removed meanwhile.</summary>
    private async Task<long?> TryPruneAsync(Container container)
    {
        using AsyncLock.Holder holder = await container.Queue.AcquireAsync();
        if (container.IsRemoved || container.State.Running)
        {
            return null;
        }

        long size = _parts.Layers.Size(container.Id);
        await RemoveInQueueAsync(container, removeVolumes: false);
        return size;
    }

    /// <summary>
    /// In the queue, not running: first the name on disk goes, in one rename, so that a crash from here on leaves something to sweep and
    /// never half a container; then the layer. When that fails the container is dead and can be removed again.
    /// </summary>
    private async Task RemoveInQueueAsync(Container container, bool removeVolumes)
    {
        ContainerStatus before = container.State.Status;
        container.SetState(container.State with { Status = ContainerStatus.Removing });
        container.Visits.CutShort();
        try
        {
            _files.Remove(container.Id, durable: !IsDone(container));
        }
        catch
        {
            container.SetState(container.State with { Status = before });
            throw;
        }

        try
        {
            _parts.Layers.Remove(container.Id);
        }
        catch (Exception failure)
        {
            _files.UndoRemove(container.Id);
            container.SetState(container.State with { Status = ContainerStatus.Dead, Error = failure.Message });
            Save(container);
            throw EngineException.System(
                $"container {container.Id}: driver \"{_parts.Layers.DriverName}\" failed to remove root filesystem: {failure.Message}", failure);
        }

        _execs.RemoveOf(container.Id);
        await ReleaseVolumesAsync(container.Id, container.Record.Mounts, removeVolumes);
        _store.Remove(container);
        container.SetRemoved();
        _ = container.Streams.EndAsync(); // who attached and waited for a start waits no longer
        Publish(container, "destroy");
        _files.DeleteRemoved(container.Id);
    }
}
