using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>Gets images from a registry.</summary>
internal sealed class ImagePull(ImageStore images, LayerStore layers, LayerDownloads downloads, RegistryConnector connector)
{
    /// <summary>Far more than real ones have, little enough to parse.</summary>
    private const int MaxConfig = 8 << 20;

    /// <summary>Pulls one tag or digest, or without either all tags.</summary>
    /// <param name="platform">Null for this machine's.</param>
    /// <exception cref="EngineException">In dockerd's words. Nothing is left of an image that failed.</exception>
    public async Task RunAsync(ImageReference reference, OciPlatform? platform, RegistryCredentials credentials, ITransferProgress progress, CancellationToken cancelled)
    {
        bool news = await ErrorsOf(reference, () => connector.RunAsync(
            reference.RegistryDomain,
            credentials,
            forPush: false,
            session => PullAsync(new RemoteRepository(session, reference.RepositoryPath, "pull"), reference, platform, progress, cancelled),
            cancelled));
        progress.Message(null, $"Status: {(news ? "Downloaded newer image" : "Image is up to date")} for {reference.Familiar}");
        images.Raise("pull", reference.Familiar, reference.FamiliarName);
    }

    private static async Task<bool> ErrorsOf(ImageReference reference, Func<Task<bool>> pull)
    {
        try
        {
            return await pull();
        }
        catch (RegistryException refused)
        {
            throw TransferErrors.ForPull(refused, reference);
        }
        catch (RegistryUnreachableException failure)
        {
            throw TransferErrors.Unreachable(failure);
        }
    }

    private async Task<bool> PullAsync(
        RemoteRepository repository, ImageReference reference, OciPlatform? platform, ITransferProgress progress, CancellationToken cancelled)
    {
        if (reference.Tag is not null || reference.Digest is not null)
        {
            return await PullOneAsync(repository, reference, platform, progress, cancelled);
        }

        bool news = false;
        foreach (string tag in await repository.ListTagsAsync(cancelled))
        {
            news |= await PullOneAsync(repository, ImageReference.Parse($"{reference.Name}:{tag}"), platform, progress, cancelled);
        }

        return news;
    }

    /// <returns>Whether the name means another image now.</returns>
    private async Task<bool> PullOneAsync(
        RemoteRepository repository, ImageReference reference, OciPlatform? platform, ITransferProgress progress, CancellationToken cancelled)
    {
        string wanted = reference.Digest ?? reference.Tag!;
        RemoteManifest manifest = await repository.GetManifestAsync(wanted, cancelled);
        progress.Message(wanted, $"Pulling from {repository.Path}");
        OciManifest image = await RemoteImages.ResolveAsync(repository, manifest, platform ?? Platforms.Host, reference, cancelled);
        byte[] config = images.Find(image.Config!.Digest) is { } known
            ? images.ReadConfig(known.Id)
            : await repository.GetBlobAsync(image.Config, MaxConfig, cancelled);
        ImageConfig parsed = ImageStore.ParseConfig(config);
        CheckPlatform(parsed, platform, reference, progress);
        LayerHold top = await PullLayersAsync(repository, image, parsed, reference, progress, cancelled);

        ImageReference digest = reference with { Tag = null, Digest = manifest.Digest };
        ImageReference[] names = reference.Digest is null ? [reference, digest] : [digest];
        bool news = images.FindExact(names[0]) != image.Config.Digest;
        images.Add(config, top, names);
        progress.Message(null, $"Digest: {manifest.Digest}");
        return news;
    }

    private static void CheckPlatform(ImageConfig config, OciPlatform? platform, ImageReference reference, ITransferProgress progress)
    {
        if (config.Os is not ("" or "linux"))
        {
            throw EngineException.InvalidParameter($"image operating system \"{config.Os}\" cannot be used on this platform");
        }

        OciPlatform own = new() { Os = "linux", Architecture = config.Architecture, Variant = config.Variant };
        if (platform is not null && !Platforms.Matches(own, platform))
        {
            progress.Message(
                null,
                $"WARNING: image with reference {reference.Familiar} was found but its platform ({Platforms.Format(own)}) does not match the specified platform ({Platforms.Format(platform)})");
        }
    }

    /// <summary>Sees to it that all layers are in the store.</summary>
    /// <returns>A hold on the top one.</returns>
    private async Task<LayerHold> PullLayersAsync(
        RemoteRepository repository, OciManifest image, ImageConfig config, ImageReference reference, ITransferProgress progress, CancellationToken cancelled)
    {
        List<string> diffIds = config.Rootfs.DiffIds;
        if (diffIds.Count != image.Layers!.Count)
        {
            throw EngineException.InvalidParameter($"layers from manifest don't match image configuration: {image.Layers.Count} layers, {diffIds.Count} diff ids");
        }

        LayerStore.CheckDepth(diffIds.Count);
        if (layers.TryHold(ChainId.Of(diffIds)) is { } all)
        {
            TellExisting(image, diffIds, progress);
            return all;
        }

        using Holds held = new();
        string chain = ChainId.Empty;
        LayerWatch? below = null;
        for (int i = 0; i < diffIds.Count; i++)
        {
            string parent = chain;
            chain = ChainId.On(parent, diffIds[i]);
            string id = ShortId(image.Layers[i].Digest);
            if (below is null && layers.TryHold(chain) is { } existing)
            {
                progress.State(id, "Already exists");
                held.Add(existing);
                continue;
            }

            below = downloads.Join(new LayerRequest(chain, parent, diffIds[i], image.Layers[i], repository, reference.Name, below), id, progress);
            held.Add(below);
        }

        await held.CompletedAsync(cancelled);
        return layers.Hold(chain);
    }

    /// <summary>An image that is whole needs no words for its layers, as for Docker; one of other config over the same layers does.</summary>
    private void TellExisting(OciManifest image, List<string> diffIds, ITransferProgress progress)
    {
        if (images.Find(image.Config!.Digest) is not null)
        {
            return;
        }

        for (int i = 0; i < diffIds.Count; i++)
        {
            progress.State(ShortId(image.Layers![i].Digest), "Already exists");
        }
    }

    private static string ShortId(string digest) => digest["sha256:".Length..][..12];

    /// <summary>What a pull has got hold of; let go from the top down.</summary>
    private sealed class Holds : IDisposable
    {
        private readonly Stack<IDisposable> _all = [];

        public void Add(IDisposable hold) => _all.Push(hold);

        /// <summary>Waits for all downloads, or the first that fails.</summary>
        public async Task CompletedAsync(CancellationToken cancelled)
        {
            List<Task> open = _all.OfType<LayerWatch>().Select(watch => watch.Completion).ToList();
            while (open.Count > 0)
            {
                Task done = await Task.WhenAny(open).WaitAsync(cancelled);
                await done;
                open.Remove(done);
            }
        }

        public void Dispose()
        {
            while (_all.TryPop(out IDisposable? hold))
            {
                hold.Dispose();
            }
        }
    }
}
