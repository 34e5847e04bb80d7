using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>Tells what a registry has under a name, without pulling it.</summary>
internal sealed class ImageDescribe(RegistryConnector connector)
{
    private const int MaxConfig = 8 << 20;

    /// <exception cref="EngineException">In dockerd's words.</exception>
    public async Task<RemoteDescription> RunAsync(ImageReference reference, RegistryCredentials credentials, CancellationToken cancelled)
    {
        try
        {
            return await connector.RunAsync(
                reference.RegistryDomain,
                credentials,
                forPush: false,
                session => DescribeAsync(new RemoteRepository(session, reference.RepositoryPath, "pull"), reference, cancelled),
                cancelled);
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

    private static async Task<RemoteDescription> DescribeAsync(RemoteRepository repository, ImageReference reference, CancellationToken cancelled)
    {
        RemoteManifest manifest = await repository.GetManifestAsync(reference.Digest ?? reference.Tag!, cancelled);
        OciDescriptor descriptor = new() { MediaType = manifest.MediaType, Digest = manifest.Digest, Size = manifest.Content.Length };
        if (MediaTypes.IsIndex(manifest.MediaType))
        {
            OciIndex index = RegistryAnswer.Parse<OciIndex>(manifest.Content, "manifest list");
            return new RemoteDescription(descriptor, (index.Manifests ?? []).Select(entry => entry?.Platform).OfType<OciPlatform>().ToArray());
        }

        OciManifest image = await RemoteImages.ResolveAsync(repository, manifest, Platforms.Host, reference, cancelled);
        ImageConfig config = ImageStore.ParseConfig(await repository.GetBlobAsync(image.Config!, MaxConfig, cancelled));
        return new RemoteDescription(descriptor, [new OciPlatform { Os = config.Os, Architecture = config.Architecture, Variant = config.Variant }]);
    }
}
