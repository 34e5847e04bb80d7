using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Archives;

/// <summary>The format of <c>docker save</c>: manifest.json names config and layers, with legacy paths or those of an OCI layout.</summary>
internal static class DockerArchive
{
    public const string ManifestName = "manifest.json";

    public static IEnumerable<ArchivedImage> Read(ImageArchive archive)
    {
        foreach (DockerArchiveItem? item in ArchiveJson.Parse<List<DockerArchiveItem?>>(archive.ReadDocument(ManifestName), ManifestName))
        {
            if (item?.Config is null || item.Layers is null || item.Layers.Contains(null!))
            {
                throw EngineException.InvalidParameter($"invalid archive: {ManifestName} has an image without config or layers");
            }

            yield return new ArchivedImage(ReadConfig(archive, item.Config), item.Layers.Select(Layer).ToArray(), Names(item.RepoTags));
        }
    }

    /// <summary>When the file is named for its digest, it must be what it is named.</summary>
    private static byte[] ReadConfig(ImageArchive archive, string file)
    {
        byte[] config = archive.ReadDocument(CheckName(file));
        string name = Path.GetFileNameWithoutExtension(file);
        if (name.Length == 64 && !name.AsSpan().ContainsAnyExcept("0123456789abcdef") && ImageStore.Digest(config) != "sha256:" + name)
        {
            throw EngineException.InvalidParameter($"invalid archive: {file} does not have the digest it is named for");
        }

        return config;
    }

    private static ArchivedLayer Layer(string file)
    {
        const string Blobs = "blobs/sha256/";
        return new ArchivedLayer(CheckName(file), file.StartsWith(Blobs, StringComparison.Ordinal) ? "sha256:" + file[Blobs.Length..] : null);
    }

    /// <summary>Names only look things up in memory; those that point elsewhere are still refused, as they mean no good.</summary>
    private static string CheckName(string file) => file.Length > 0 && file[0] != '/' && !file.Split('/').Contains("..")
        ? file
        : throw EngineException.InvalidParameter($"invalid archive: {ManifestName} has an invalid file name \"{file}\"");

    private static ImageReference[] Names(List<string>? tags)
    {
        ImageReference[] names = (tags ?? []).Select(ImageReference.Parse).ToArray();
        return Array.Find(names, name => name.Tag is null || name.Digest is not null) is { } bad
            ? throw EngineException.InvalidParameter($"invalid tag \"{bad.Familiar}\"")
            : names;
    }
}
