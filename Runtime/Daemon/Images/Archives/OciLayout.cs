using System.Runtime.InteropServices;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Archives;

/// <summary>An OCI image layout: index.json, and blobs under their digests. An index inside it stands for its image for this machine.</summary>
internal static class OciLayout
{
    public const string IndexName = "index.json";

    private const int MaxNesting = 4;

    /// <summary>Full names come in containerd's annotation; OCI's own often has just the tag, which names nothing alone.</summary>
    public const string ContainerdName = "io.containerd.image.name", OciName = "org.opencontainers.image.ref.name";

    /// <summary>GOARCH of this machine.</summary>
    public static string HostArchitecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "amd64",
        Architecture.X86 => "386",
        { } other => other.ToString().ToLowerInvariant(),
    };

    public static IEnumerable<ArchivedImage> Read(ImageArchive archive)
    {
        OciIndex index = ArchiveJson.Parse<OciIndex>(archive.ReadDocument(IndexName), IndexName);
        foreach (OciDescriptor descriptor in Manifests(index, IndexName))
        {
            if (Find(archive, descriptor, 0) is { } manifest)
            {
                yield return ReadImage(archive, manifest, Names(descriptor));
            }
        }
    }

    private static ArchivedImage ReadImage(ImageArchive archive, OciManifest manifest, IReadOnlyList<ImageReference> names)
    {
        if (manifest.Config is null || manifest.Layers is null || manifest.Layers.Contains(null!))
        {
            throw EngineException.InvalidParameter("invalid archive: an image manifest has no config or layers");
        }

        ArchivedLayer[] layers = manifest.Layers.Select(layer => new ArchivedLayer(SizedBlobName(archive, layer), layer.Digest)).ToArray();
        return new ArchivedImage(ReadBlob(archive, manifest.Config), layers, names);
    }

    /// <summary>The image manifest that a descriptor leads to; null for what is no image (an attestation, a signature).</summary>
    private static OciManifest? Find(ImageArchive archive, OciDescriptor descriptor, int nesting)
    {
        if (nesting > MaxNesting)
        {
            throw EngineException.InvalidParameter("invalid archive: indexes are nested too deep");
        }

        byte[] blob = ReadBlob(archive, descriptor);
        OciIndex index = ArchiveJson.Parse<OciIndex>(blob, descriptor.Digest);
        if (index.Manifests is null)
        {
            OciManifest manifest = ArchiveJson.Parse<OciManifest>(blob, descriptor.Digest);
            return IsImage(manifest) ? manifest : null;
        }

        OciDescriptor[] manifests = Manifests(index, descriptor.Digest).Where(inner => inner.Platform?.Os != "unknown").ToArray();
        OciDescriptor chosen = Array.Find(manifests, IsForThisMachine)
            ?? (manifests is [{ Platform: null } only] ? only : throw EngineException.NotFound(
                $"image with reference {descriptor.Digest} was found but does not provide the specified platform (linux/{HostArchitecture})"));
        return Find(archive, chosen, nesting + 1);
    }

    private static bool IsImage(OciManifest manifest) => manifest.Config?.MediaType is
        "application/vnd.oci.image.config.v1+json" or "application/vnd.docker.container.image.v1+json" or "" or null;

    private static bool IsForThisMachine(OciDescriptor descriptor) =>
        descriptor.Platform is { Os: "linux" } platform && platform.Architecture == HostArchitecture;

    private static IEnumerable<OciDescriptor> Manifests(OciIndex index, string name) => index.Manifests is { } manifests && !manifests.Contains(null!)
        ? manifests
        : throw EngineException.InvalidParameter($"invalid archive: {name} has no manifests");

    private static ImageReference[] Names(OciDescriptor descriptor)
    {
        string? name = descriptor.Annotations?.GetValueOrDefault(ContainerdName);
        name ??= descriptor.Annotations?.GetValueOrDefault(OciName) is { } full && full.AsSpan().ContainsAny(":/") ? full : null;
        return name is null ? [] : [ImageReference.ParseTarget(name)];
    }

    private static byte[] ReadBlob(ImageArchive archive, OciDescriptor descriptor)
    {
        byte[] blob = archive.ReadDocument(BlobName(descriptor));
        if (ImageStore.Digest(blob) != descriptor.Digest)
        {
            throw EngineException.InvalidParameter($"invalid archive: blob {descriptor.Digest} does not have this digest");
        }

        CheckSize(descriptor, blob.Length);
        return blob;
    }

    private static string SizedBlobName(ImageArchive archive, OciDescriptor descriptor)
    {
        string name = BlobName(descriptor);
        CheckSize(descriptor, archive.Length(name));
        return name;
    }

    private static void CheckSize(OciDescriptor descriptor, long length)
    {
        if (descriptor.Size != length)
        {
            throw EngineException.InvalidParameter($"invalid archive: blob {descriptor.Digest} has {length} bytes, not {descriptor.Size}");
        }
    }

    private static string BlobName(OciDescriptor descriptor) => ChainId.IsDigest(descriptor.Digest)
        ? "blobs/sha256/" + descriptor.Digest["sha256:".Length..]
        : throw EngineException.InvalidParameter($"invalid archive: \"{descriptor.Digest}\" is not a sha256 digest");
}
