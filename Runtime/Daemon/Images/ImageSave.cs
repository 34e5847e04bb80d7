using System.Text;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Images;

/// <summary>Writes images as <c>docker save</c> does: an OCI layout with a manifest.json for older readers. The layers are uncompressed.</summary>
internal sealed class ImageSave : IDisposable
{
    private const string ConfigType = "application/vnd.oci.image.config.v1+json", LayerType = "application/vnd.oci.image.layer.v1.tar",
        ManifestType = "application/vnd.oci.image.manifest.v1+json", IndexType = "application/vnd.oci.image.index.v1+json";

    private readonly ImageStore _images;
    private readonly LayerStore _layers;
    private readonly List<(Image Image, List<ImageReference> Names)> _wanted = [];
    private readonly List<LayerHold> _holds = [];

    /// <exception cref="EngineException">Not found; system when a layer's archive cannot be made again.</exception>
    public ImageSave(ImageStore images, LayerStore layers, IReadOnlyList<string> references)
    {
        _images = images;
        _layers = layers;
        try
        {
            foreach (string reference in references)
            {
                Add(reference);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Blocks until all is written, so on a thread of its own.</summary>
    public void Write(Stream output, CancellationToken cancelled)
    {
        using BufferedStream buffered = new(output, 128 * 1024);
        TarWriter tar = new(buffered);
        HashSet<string> written = [];
        foreach (Layer layer in _wanted.SelectMany(wanted => _layers.Stack(wanted.Image.ChainId)))
        {
            if (written.Add(layer.DiffId))
            {
                tar.Begin(BlobName(layer.DiffId), layer.ArchiveSize);
                _layers.WriteArchive(layer, buffered, cancelled);
                tar.End();
            }
        }

        List<OciDescriptor> manifests = WriteManifests(tar, written);
        tar.File(OciLayout.IndexName, Encode(new OciIndex { SchemaVersion = 2, MediaType = IndexType, Manifests = manifests }));
        tar.File(DockerArchive.ManifestName, Encode(_wanted.Select(Item).ToList()));
        tar.File("oci-layout", Encoding.ASCII.GetBytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
        tar.Finish();
        buffered.Flush();
        foreach ((Image image, List<ImageReference> names) in _wanted)
        {
            _images.Raise("save", image.Id, names is [ImageReference first, ..] ? first.Familiar : image.Id);
        }
    }

    public void Dispose()
    {
        foreach (LayerHold hold in _holds)
        {
            hold.Dispose();
        }

        _holds.Clear();
    }

    /// <summary>A name saves that name with the image, an id saves no name.</summary>
    private void Add(string reference)
    {
        ImageEntry entry = _images.GetEntry(reference);
        _holds.Add(_layers.Hold(entry.Image.ChainId));
        foreach (Layer layer in _layers.Stack(entry.Image.ChainId))
        {
            _layers.CheckArchive(layer);
        }

        int index = _wanted.FindIndex(wanted => wanted.Image.Id == entry.Image.Id);
        if (index < 0)
        {
            index = _wanted.Count;
            _wanted.Add((entry.Image, []));
        }

        if (Name(reference, entry) is { } name && !_wanted[index].Names.Contains(name))
        {
            _wanted[index].Names.Add(name);
        }
    }

    private static ImageReference? Name(string reference, ImageEntry entry)
    {
        if (ImageReference.IsFullId(reference) || reference.StartsWith("sha256:", StringComparison.Ordinal))
        {
            return null;
        }

        ImageReference name = ImageReference.Parse(reference).WithDefaultTag();
        return entry.References.FirstOrDefault(known => known == name && known.Tag is not null);
    }

    private List<OciDescriptor> WriteManifests(TarWriter tar, HashSet<string> written)
    {
        List<OciDescriptor> manifests = [];
        foreach ((Image image, List<ImageReference> names) in _wanted)
        {
            byte[] config = _images.ReadConfig(image.Id);
            WriteBlob(tar, image.Id, config, written);
            OciManifest manifest = new()
            {
                SchemaVersion = 2,
                MediaType = ManifestType,
                Config = new OciDescriptor { MediaType = ConfigType, Digest = image.Id, Size = config.Length },
                Layers = _layers.Stack(image.ChainId).Reverse().Select(layer => new OciDescriptor { MediaType = LayerType, Digest = layer.DiffId, Size = layer.ArchiveSize }).ToList(),
            };
            byte[] blob = Encode(manifest);
            string digest = ImageStore.Digest(blob);
            WriteBlob(tar, digest, blob, written);
            OciDescriptor descriptor = new() { MediaType = ManifestType, Digest = digest, Size = blob.Length };
            manifests.AddRange(names.Count == 0 ? [descriptor] : names.Select(name => Named(descriptor, name)));
        }

        return manifests;
    }

    private static OciDescriptor Named(OciDescriptor descriptor, ImageReference name) => new()
    {
        MediaType = descriptor.MediaType,
        Digest = descriptor.Digest,
        Size = descriptor.Size,
        Annotations = new Dictionary<string, string> { [OciLayout.ContainerdName] = name.ToString(), [OciLayout.OciName] = name.Tag! },
    };

    private static void WriteBlob(TarWriter tar, string digest, byte[] content, HashSet<string> written)
    {
        if (written.Add(digest))
        {
            tar.File(BlobName(digest), content);
        }
    }

    private DockerArchiveItem Item((Image Image, List<ImageReference> Names) wanted) => new()
    {
        Config = BlobName(wanted.Image.Id),
        RepoTags = wanted.Names.Count == 0 ? null : wanted.Names.Select(name => name.Familiar).ToList(),
        Layers = wanted.Image.Config.Rootfs.DiffIds.Select(BlobName).ToList(),
    };

    private static string BlobName(string digest) => "blobs/sha256/" + digest["sha256:".Length..];

    private static byte[] Encode(object value) => Encoding.UTF8.GetBytes(JsonConvert.SerializeObject(value));
}
