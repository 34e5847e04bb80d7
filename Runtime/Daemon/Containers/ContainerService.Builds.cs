using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Storage.Changes;

namespace Rtd.Daemon.Containers;

/// <summary>Containers that do a step of a build: made and started as any other, and swept when the daemon did not live to remove them.</summary>
internal sealed partial class ContainerService
{
    /// <summary>Makes a container for a step.</summary>
    /// <param name="mounts">The step's own mounts.</param>
    /// <returns>Its id.</returns>
    public async Task<string> CreateStepAsync(ContainerCreateRequest request, IReadOnlyList<MountPoint> mounts) =>
        (await CreateAsync(null, null, request, mounts, ofBuild: true)).Id;

    /// <summary>Starts a step's container and waits for its end. When that is cancelled, the container is killed first.</summary>
    /// <param name="output">Gets all it writes.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunStepAsync(string id, IOutputSink output, CancellationToken cancelled)
    {
        Container container = _store.Get(id);
        container.Streams.Follow(output);
        using CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        Task<int> ended = container.WaitAsync(WaitCondition.NextExit, waiting.Token);
        try
        {
            await StartAsync(id);
            return await ended;
        }
        catch (OperationCanceledException) when (container.Run is { } run)
        {
            await KillRunAsync(container, run);
            throw;
        }
        finally
        {
            await waiting.CancelAsync();
            await Task.WhenAny(ended);
        }
    }

    /// <summary>Writes what a step changed as a layer's archive; blocks.</summary>
    /// <param name="select">What of it counts.</param>
    public void WriteStepChanges(string id, Func<IEnumerable<TreeChange>, IEnumerable<TreeChange>> select, Stream archive, CancellationToken cancelled) =>
        _parts.Layers.WriteChanges(id, select, archive, cancelled);

    /// <summary>Leaves a step's container to its user, who removes it himself.</summary>
    public async Task KeepStepAsync(string id)
    {
        (Container container, AsyncLock.Holder holder) = await EnterAsync(id);
        using (holder)
        {
            container.SetRecord(container.Record with { OfBuild = false });
            Save(container);
        }
    }
}
