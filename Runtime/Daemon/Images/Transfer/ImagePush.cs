using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>Sends images to a registry, as Docker's schema 2.</summary>
internal sealed class ImagePush(ImageStore images, LayerStore layers, LayerUploads uploads, RegistryConnector connector)
{
    /// <summary>Pushes one tag, or without one all tags of the repository.</summary>
    /// <exception cref="EngineException">In dockerd's words.</exception>
    public async Task RunAsync(ImageReference reference, RegistryCredentials credentials, ITransferProgress progress, CancellationToken cancelled)
    {
        progress.Message(null, $"The push refers to repository [{reference.Name}]");
        IReadOnlyList<(ImageReference Name, string Id)> wanted = Find(reference);
        try
        {
            await connector.RunAsync(reference.RegistryDomain, credentials, forPush: true, session => PushAsync(session, reference, wanted, progress, cancelled), cancelled);
        }
        catch (RegistryException refused)
        {
            throw new EngineException(refused.Status is 401 ? ErrorKind.Unauthorized : refused.Status is 403 ? ErrorKind.Forbidden : ErrorKind.System, refused.Message, refused);
        }
        catch (RegistryUnreachableException failure)
        {
            throw TransferErrors.Unreachable(failure);
        }

        images.Raise("push", reference.Familiar, reference.FamiliarName);
    }

    private IReadOnlyList<(ImageReference Name, string Id)> Find(ImageReference reference)
    {
        (ImageReference Name, string Id)[] all = images.List()
            .SelectMany(entry => entry.References.Where(name => name.Tag is not null && name.Name == reference.Name).Select(name => (name, entry.Image.Id)))
            .OrderBy(pair => pair.name.Tag, StringComparer.Ordinal)
            .ToArray();
        if (all.Length == 0)
        {
            throw EngineException.NotFound($"An image does not exist locally with the tag: {reference.FamiliarName}");
        }

        if (reference.Tag is null)
        {
            return all;
        }

        return Array.FindAll(all, pair => pair.Name == reference) is [{ } one]
            ? [one]
            : throw EngineException.NotFound($"tag does not exist: {reference.Familiar}");
    }

    private async Task<bool> PushAsync(
        RegistrySession session, ImageReference reference, IReadOnlyList<(ImageReference Name, string Id)> wanted, ITransferProgress progress, CancellationToken cancelled)
    {
        RemoteRepository repository = new(session, reference.RepositoryPath, "pull,push");
        await repository.CheckAccessAsync(cancelled);
        foreach ((ImageReference name, string id) in wanted)
        {
            await PushOneAsync(repository, name, id, progress, cancelled);
        }

        return true;
    }

    private async Task PushOneAsync(RemoteRepository repository, ImageReference name, string id, ITransferProgress progress, CancellationToken cancelled)
    {
        Image image = images.Find(id) ?? throw EngineException.NotFound($"tag does not exist: {name.Familiar}");
        using LayerHold hold = layers.Hold(image.ChainId);
        byte[] config = images.ReadConfig(id);
        IReadOnlyList<Layer> stack = layers.Stack(image.ChainId);
        foreach (Layer layer in stack)
        {
            layers.CheckArchive(layer);
            progress.State(layer.DiffId["sha256:".Length..][..12], "Preparing");
        }

        OciDescriptor[] blobs = await EnsureAllAsync(repository, name, stack, progress, cancelled);
        if (await repository.FindBlobAsync(id, cancelled) is null)
        {
            await repository.UploadAsync(config, id, cancelled);
        }

        byte[] manifest = Manifest(id, config.Length, blobs);
        await repository.PutManifestAsync(name.Tag!, MediaTypes.DockerManifest, manifest, cancelled);
        string digest = ImageStore.Digest(manifest);
        images.AddDigest(id, name with { Tag = null, Digest = digest });
        progress.Message(null, $"{name.Tag}: digest: {digest} size: {manifest.Length}");
        progress.Result(new PushResult(name.Tag!, digest, manifest.Length));
    }

    /// <summary>All layers side by side; a layer that is in the image twice is sent once. When one fails the others stop.</summary>
    private async Task<OciDescriptor[]> EnsureAllAsync(
        RemoteRepository repository, ImageReference name, IReadOnlyList<Layer> stack, ITransferProgress progress, CancellationToken cancelled)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        Dictionary<string, Task<OciDescriptor>> running = [];
        foreach (Layer layer in stack)
        {
            if (!running.ContainsKey(layer.DiffId))
            {
                running[layer.DiffId] = uploads.EnsureAsync(layer, repository, name, progress, stop.Token);
            }
        }

        Task? failed = null;
        for (List<Task> open = [.. running.Values]; open.Count > 0;)
        {
            Task done = await Task.WhenAny(open);
            open.Remove(done);
            if (!done.IsCompletedSuccessfully && failed is null)
            {
                failed = done;
                await stop.CancelAsync();
            }
        }

        await (failed ?? Task.CompletedTask);
        return stack.Reverse().Select(layer => running[layer.DiffId].Result).ToArray();
    }

    private static byte[] Manifest(string configDigest, int configSize, OciDescriptor[] blobs) => Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(
        new OciManifest
        {
            SchemaVersion = 2,
            MediaType = MediaTypes.DockerManifest,
            Config = new OciDescriptor { MediaType = MediaTypes.DockerConfig, Digest = configDigest, Size = configSize },
            Layers = [.. blobs],
        }));
}
