using Newtonsoft.Json;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Changes;
using Rtd.Daemon.Storage.Changes;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Makes an image of what a container's file system is now.</summary>
    public async Task<Image> CommitAsync(CommitRequest request, ImageCommit commits, CancellationToken cancelled)
    {
        Container container = _store.Get(request.Container);
        RefuseWhenGoing(container, "commit");
        Image parent = _parts.Images.Find(container.Record.ImageId) ?? throw EngineException.NotFound($"No such image: {container.Record.ImageId}");
        CommitDetails details = new(CommitConfig(container.Record.Config, request), string.Join(' ', container.Record.Config.Cmd ?? []), request.Author, request.Comment);
        bool paused = request.Pause && await TryUnlessConflictAsync(() => PauseAsync(container.Id), container.State.Status == ContainerStatus.Running);
        try
        {
            Image image = await Blocking(() => commits.Run(
                parent,
                details,
                request.Name,
                archive => _parts.Layers.WriteChanges(container.Id, archive, cancelled),
                () => RefuseWhenGoing(container, "commit"), // a removal sets its state before it touches the layer
                cancelled));
            Publish(container, "commit", ("comment", request.Comment), ("imageID", image.Id), ("imageRef", request.Name?.Familiar ?? ""));
            return image;
        }
        finally
        {
            await TryUnlessConflictAsync(() => UnpauseAsync(container.Id), paused);
        }
    }

    /// <summary>What a container changed in its file system.</summary>
    public Task<IReadOnlyList<LayerChange>> ChangesAsync(string reference)
    {
        Container container = _store.Get(reference);
        return Blocking(() => _parts.Layers.Changes(container.Id));
    }

    /// <summary>Finds a container whose file system is to be exported.</summary>
    /// <param name="imageOnly">As its image has it: without its own changes, and without what every container is given.</param>
    /// <returns>Writes the archive; blocks, so on a thread of its own.</returns>
    public Action<Stream, CancellationToken> Export(string reference, bool imageOnly = false)
    {
        Container container = _store.Get(reference);
        RefuseWhenGoing(container, "export");
        return (archive, cancelled) =>
        {
            if (imageOnly)
            {
                _parts.Layers.ExportImage(container.Id, archive, cancelled);
            }
            else
            {
                _parts.Layers.Export(container.Id, archive, cancelled);
            }

            Publish(container, "export");
        };
    }

    /// <summary>The configuration asked for, completed from the container's, with the instructions carried out on it.</summary>
    private static ContainerConfig CommitConfig(ContainerConfig container, CommitRequest request)
    {
        ContainerConfig own = JsonConvert.DeserializeObject<ContainerConfig>(JsonConvert.SerializeObject(container))!;
        ContainerConfig config = request.Config ?? JsonConvert.DeserializeObject<ContainerConfig>(JsonConvert.SerializeObject(container))!;
        ConfigChanges.Apply(config, request.Changes);
        ImageMerge.Apply(config, own);
        return config;
    }

    private static void RefuseWhenGoing(Container container, string verb)
    {
        if (container.IsRemoved || container.State.Status == ContainerStatus.Removing)
        {
            throw EngineException.Conflict($"You cannot {verb} container {container.Id} which is being removed");
        }

        if (container.State.Status == ContainerStatus.Dead)
        {
            throw EngineException.Conflict($"You cannot {verb} container {container.Id} which is Dead");
        }
    }

    /// <summary>Does something if it is wanted; false when it is not, or when the container has meanwhile got into a state that does not allow it.</summary>
    private static async Task<bool> TryUnlessConflictAsync(Func<Task> action, bool wanted)
    {
        try
        {
            if (wanted)
            {
                await action();
            }

            return wanted;
        }
        catch (EngineException other) when (other.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return false;
        }
    }

    private static Task<T> Blocking<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
