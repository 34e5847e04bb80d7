using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images;

/// <summary>Takes the images out of an archive that <c>docker save</c> or an OCI tool wrote.</summary>
internal sealed class ImageLoad(ImageStore images, LayerStore layers, string spoolDirectory)
{
    /// <summary>Loads all images; one that fails leaves those before it. Blocks, so on a thread of its own.</summary>
    /// <param name="source">The archive, maybe compressed.</param>
    /// <exception cref="EngineException">Invalid parameter: damaged or hostile; nothing is left of the image it was about.</exception>
    public void Run(Stream source, IProgressOutput progress, CancellationToken cancelled)
    {
        using ImageArchive archive = ImageArchive.Read(source, new ArchivedContents(layers, progress), spoolDirectory, cancelled);
        foreach (ArchivedImage image in Open(archive))
        {
            Load(archive, image, progress, cancelled);
        }
    }

    private static ArchivedImage[] Open(ImageArchive archive)
    {
        ArchivedImage[] found = archive.Has(DockerArchive.ManifestName) ? DockerArchive.Read(archive).ToArray()
            : archive.Has(OciLayout.IndexName) ? OciLayout.Read(archive).ToArray()
            : throw EngineException.InvalidParameter($"invalid archive: neither {DockerArchive.ManifestName} nor {OciLayout.IndexName} is in it");
        return found.Length > 0 ? found : throw EngineException.InvalidParameter("invalid archive: there is no image in it");
    }

    private void Load(ImageArchive archive, ArchivedImage archived, IProgressOutput progress, CancellationToken cancelled)
    {
        ImageConfig config = ImageStore.ParseConfig(archived.Config);
        List<string> diffIds = config.Rootfs.DiffIds;
        if (diffIds.Count != archived.Layers.Count)
        {
            throw EngineException.InvalidParameter($"invalid manifest, layers length mismatch: expected {diffIds.Count}, got {archived.Layers.Count}");
        }

        if (config.Os is not ("" or "linux"))
        {
            throw EngineException.InvalidParameter($"cannot load {config.Os} image on linux");
        }

        LayerStore.CheckDepth(diffIds.Count);
        LayerHold top = layers.Hold(ChainId.Empty);
        try
        {
            for (int i = 0; i < diffIds.Count; i++)
            {
                LayerHold below = top;
                top = layers.TryHold(ChainId.On(below.ChainId, diffIds[i])) ?? Adopt(archive, archived.Layers[i], below.ChainId, diffIds[i], cancelled);
                below.Dispose();
            }
        }
        catch
        {
            top.Dispose();
            throw;
        }

        Announce(images.Add(archived.Config, top, archived.Names), archived.Names, progress);
    }

    private LayerHold Adopt(ImageArchive archive, ArchivedLayer layer, string parent, string diffId, CancellationToken cancelled)
    {
        ArchivedContent content = archive.Layer(layer.File) ?? throw (archive.Has(layer.File)
            ? EngineException.InvalidParameter($"invalid archive: {layer.File} is not a layer")
            : EngineException.InvalidParameter($"invalid archive: {layer.File} is missing"));
        if (content.Refusal is { } refusal)
        {
            throw refusal;
        }

        if (layer.Digest is not null && content.Digest != layer.Digest)
        {
            throw EngineException.InvalidParameter($"invalid archive: {layer.File} does not have the digest {layer.Digest}");
        }

        if (content.Stage is not { } stage)
        {
            return layers.Copy(content.Layer!.ChainId, parent, diffId, cancelled);
        }

        LayerHold hold = layers.Adopt(stage, parent, diffId, cancelled);
        content.Adopted(layers.Hold(hold.ChainId));
        return hold;
    }

    private void Announce(Image image, IReadOnlyList<ImageReference> names, IProgressOutput progress)
    {
        foreach (ImageReference name in names)
        {
            progress.Line($"Loaded image: {name.Familiar}\n");
        }

        if (names.Count == 0)
        {
            progress.Line($"Loaded image ID: {image.Id}\n");
        }

        images.Raise("load", image.Id, names is [ImageReference first, ..] ? first.Familiar : image.Id);
    }
}
