using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>Finds an image's manifest in a repository, through indexes, and judges whether it is one.</summary>
internal static class RemoteImages
{
    private const int MaxNesting = 4;

    /// <summary>Follows an index to the image for a platform.</summary>
    /// <exception cref="EngineException">Not found: none is for the platform, in Docker's words. Invalid parameter or system: no image.</exception>
    public static async Task<OciManifest> ResolveAsync(
        RemoteRepository repository, RemoteManifest manifest, OciPlatform platform, ImageReference reference, CancellationToken cancelled)
    {
        for (int nesting = 0; MediaTypes.IsIndex(manifest.MediaType); nesting++)
        {
            if (nesting == MaxNesting)
            {
                throw EngineException.InvalidParameter($"indexes of {reference.Familiar} are nested too deep");
            }

            OciIndex index = RegistryAnswer.Parse<OciIndex>(manifest.Content, "manifest list");
            OciDescriptor[] entries = (index.Manifests ?? []).Where(entry => ChainId.IsDigest(entry?.Digest)).ToArray();
            OciDescriptor chosen = Platforms.Choose(entries, platform)
                ?? throw EngineException.NotFound($"no matching manifest for {Platforms.Format(platform)} in the manifest list entries");
            manifest = await repository.GetManifestAsync(chosen.Digest, cancelled);
        }

        return Read(manifest, reference);
    }

    private static OciManifest Read(RemoteManifest manifest, ImageReference reference)
    {
        if (MediaTypes.IsSchema1(manifest.MediaType))
        {
            throw EngineException.InvalidParameter(
                "[DEPRECATION NOTICE] Docker Image Format v1 and Docker Image manifest version 2, schema 1 support is disabled by default and will be removed in an upcoming release. "
                + $"Suggest the author of {reference.Familiar} to upgrade the image to the OCI Format or Docker Image manifest v2, schema 2. "
                + "More information at https://docs.docker.com/go/deprecated-image-specs/");
        }

        if (!MediaTypes.IsManifest(manifest.MediaType))
        {
            throw EngineException.InvalidParameter($"unsupported manifest media type: {manifest.MediaType}");
        }

        OciManifest image = RegistryAnswer.Parse<OciManifest>(manifest.Content, "manifest");
        Check(image);
        return image;
    }

    private static void Check(OciManifest image)
    {
        if (image.SchemaVersion != 2 || image.Config is null || image.Layers is null || image.Layers.Contains(null!))
        {
            throw EngineException.InvalidParameter("invalid manifest: it has no config or layers, or another schema version than 2");
        }

        if (image.Config.MediaType is not (MediaTypes.DockerConfig or MediaTypes.OciConfig or "application/octet-stream" or "" or null))
        {
            throw EngineException.InvalidParameter($"unsupported media type {image.Config.MediaType}: it is no image");
        }

        foreach (OciDescriptor descriptor in image.Layers.Prepend(image.Config))
        {
            if (!ChainId.IsDigest(descriptor.Digest) || descriptor.Size < 0)
            {
                throw EngineException.InvalidParameter($"invalid manifest: \"{descriptor.Digest}\" of {descriptor.Size} bytes is no blob with a sha256 digest");
            }
        }

        if (image.Layers.Find(layer => !MediaTypes.IsLayer(layer.MediaType ?? "")) is { } strange)
        {
            throw EngineException.InvalidParameter($"unsupported layer media type: {strange.MediaType}");
        }
    }
}
