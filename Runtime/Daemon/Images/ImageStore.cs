using System.Security.Cryptography;
using System.Text;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Origins;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images;

/// <summary>All images: config blobs under their digest, the names for them, and for each a hold on its layers.</summary>
/// <remarks>
/// On disk an image is made bottom-up (layers, config, name) and removed top-down, so that a kill in between leaves an image that is whole
/// or nothing but layers that the next start removes. Readers get immutable snapshots.
/// </remarks>
internal sealed partial class ImageStore : IImageStore
{
    private const string ReferencesName = "repositories.json", OriginsName = "origins";

    private static readonly Logger s_log = LogManager.GetLogger("images");

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Image> _images = [];
    private readonly Dictionary<string, LayerHold> _holds = [];
    private readonly string _configs;
    private readonly LayerStore _layers;
    private readonly ReferenceStore _references;
    private readonly OriginStore _origins;
    private volatile IReadOnlyList<ImageEntry>? _snapshot;

    /// <param name="root"><c>DATA-ROOT/images</c>.</param>
    public ImageStore(string root, LayerStore layers)
    {
        _configs = Path.Combine(root, "sha256");
        _layers = layers;
        OwnFiles.MakeDirectory(root, OwnFiles.PrivateDirectory);
        OwnFiles.MakeDirectory(_configs, OwnFiles.PrivateDirectory);
        AtomicFile.Sweep(root);
        AtomicFile.Sweep(_configs);
        LoadConfigs();
        _references = new ReferenceStore(Path.Combine(root, ReferencesName));
        _references.Keep(_images.ContainsKey);
        _origins = new OriginStore(Path.Combine(root, OriginsName));
        _origins.Keep(_images.ContainsKey);
    }

    /// <summary>Raised for each change, after it is on disk.</summary>
    public event Action<ImageEvent>? Changed;

    /// <summary>All images, the newest first.</summary>
    public IReadOnlyList<ImageEntry> List()
    {
        if (_snapshot is { } known)
        {
            return known;
        }

        lock (_lock)
        {
            return _snapshot = _images.Values
                .Select(image => Entry(image.Id))
                .OrderByDescending(entry => entry.Created)
                .ToArray();
        }
    }

    public Image Get(string reference) => GetEntry(reference).Image;

    public Image? Find(string id)
    {
        lock (_lock)
        {
            return _images.GetValueOrDefault(id);
        }
    }

    /// <summary>As <see cref="Get"/>, with the image's names.</summary>
    public ImageEntry GetEntry(string reference)
    {
        lock (_lock)
        {
            string id = Resolve(reference).Id;
            return Entry(id);
        }
    }

    /// <summary>The exact bytes of the image's config, whose digest is its id.</summary>
    public byte[] ReadConfig(string id) => File.ReadAllBytes(ConfigPath(id));

    /// <summary>Adds an image and names it; one that exists already only gets the names.</summary>
    /// <param name="config">The config blob, byte for byte.</param>
    /// <param name="top">A hold on its top layer, taken over.</param>
    /// <exception cref="EngineException">Invalid parameter: the config is not one, or does not belong to the layers.</exception>
    public Image Add(byte[] config, LayerHold top, IReadOnlyList<ImageReference> names) => Add(config, top, names, null);

    /// <summary>As the other one, of an image that was built here.</summary>
    /// <param name="origin">How, but for the id; null for an image that comes from elsewhere.</param>
    public Image Add(byte[] config, LayerHold top, IReadOnlyList<ImageReference> names, ImageOrigin? origin)
    {
        bool kept = false;
        try
        {
            string id = Digest(config);
            Image image = Describe(id, config);
            if (image.ChainId != top.ChainId)
            {
                throw EngineException.InvalidParameter($"image config {id} does not belong to these layers");
            }

            lock (_lock)
            {
                if (!_images.ContainsKey(id))
                {
                    if (origin is not null)
                    {
                        _origins.Set(origin with { ImageId = id });
                    }

                    AtomicFile.Write(ConfigPath(id), config);
                    _images[id] = image;
                    _holds[id] = top;
                    _snapshot = null;
                    kept = true;
                }

                foreach (ImageReference name in names.Where(name => _references.Find(name) != id))
                {
                    SetReference(name, id);
                }
            }

            return image;
        }
        finally
        {
            if (!kept)
            {
                top.Dispose();
            }
        }
    }

    /// <summary>Gives an image one more name, which another image loses if it had it.</summary>
    public void Tag(string reference, ImageReference name)
    {
        string id;
        lock (_lock)
        {
            id = Resolve(reference).Id;
            SetReference(name, id);
        }

        Raise("tag", id, name.Familiar);
    }

    /// <summary>Notes the digest that a registry knows an image under. Does nothing when the image has gone meanwhile.</summary>
    public void AddDigest(string id, ImageReference digest)
    {
        lock (_lock)
        {
            if (_images.ContainsKey(id) && _references.Find(digest) != id)
            {
                SetReference(digest, id);
            }
        }
    }

    /// <summary>The id that exactly this name stands for, or null.</summary>
    public string? FindExact(ImageReference name)
    {
        lock (_lock)
        {
            return _references.Find(name) is { } id && _images.ContainsKey(id) ? id : null;
        }
    }

    internal void Raise(string action, string id, string name) => Changed?.Invoke(new ImageEvent(action, id, name));

    /// <summary>Parses a config blob.</summary>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    internal static ImageConfig ParseConfig(byte[] config)
    {
        try
        {
            ImageConfig parsed = JsonConvert.DeserializeObject<ImageConfig>(Encoding.UTF8.GetString(config)) ?? throw new JsonSerializationException("it is null");
            return parsed.Rootfs?.DiffIds?.TrueForAll(ChainId.IsDigest) == true
                ? parsed
                : throw EngineException.InvalidParameter("invalid image config: rootfs.diff_ids is missing or has something else than sha256 digests");
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException or ArgumentException)
        {
            throw EngineException.InvalidParameter($"invalid image config: {error.Message}", error);
        }
    }

    internal static string Digest(ReadOnlySpan<byte> content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private ImageEntry Entry(string id) => new(_images[id], _references.Of(id), _references.LastTagged(id), _origins.Find(id), _origins.HasChildren(id));

    private void SetReference(ImageReference name, string id)
    {
        _references.Set(name, id);
        _snapshot = null;
    }

    /// <summary>Docker's order: a full id, then a name, then the beginning of an id. The name is null when it was an id.</summary>
    private (string Id, ImageReference? Name) Resolve(string reference)
    {
        if (ImageReference.IsFullId(reference))
        {
            string id = reference.StartsWith("sha256:", StringComparison.Ordinal) ? reference : "sha256:" + reference;
            return _images.ContainsKey(id) ? (id, null) : throw EngineException.NotFound($"No such image: {reference}");
        }

        if (FindByPrefix(reference, "sha256:") is { } prefixed)
        {
            return (prefixed, null);
        }

        ImageReference parsed = ImageReference.Parse(reference).WithDefaultTag();

        // name:tag@digest means the digest, as for Docker.
        ImageReference name = parsed.Digest is null ? parsed : parsed with { Tag = null };
        if (_references.Find(name) is { } named && _images.ContainsKey(named))
        {
            return (named, name);
        }

        return FindByPrefix("sha256:" + reference, "sha256:") is { } found
            ? (found, null)
            : throw EngineException.NotFound($"No such image: {parsed.Familiar}");
    }

    private string? FindByPrefix(string text, string scheme)
    {
        if (!text.StartsWith(scheme, StringComparison.Ordinal) || text.Length == scheme.Length || text.AsSpan(scheme.Length).ContainsAnyExcept("0123456789abcdef"))
        {
            return null;
        }

        string[] found = _images.Keys.Where(id => id.StartsWith(text, StringComparison.Ordinal)).Take(2).ToArray();
        return found.Length == 1 ? found[0] : null;
    }

    private Image Describe(string id, byte[] config)
    {
        ImageConfig parsed = ParseConfig(config);
        string chainId = ChainId.Of(parsed.Rootfs.DiffIds);
        return new Image(id, parsed, chainId, _layers.Stack(chainId).Sum(layer => layer.Size));
    }

    private void LoadConfigs()
    {
        foreach (string path in Directory.EnumerateFiles(_configs))
        {
            string id = "sha256:" + Path.GetFileName(path);
            try
            {
                byte[] config = File.ReadAllBytes(path);
                if (Digest(config) != id)
                {
                    throw EngineException.System("its digest is wrong");
                }

                Image image = Describe(id, config);
                _holds[id] = _layers.Hold(image.ChainId);
                _images[id] = image;
            }
            catch (Exception error) when (error is EngineException or IOException or UnauthorizedAccessException)
            {
                s_log.Error("image {0} is damaged and not used: {1}", id, error.Message);
            }
        }
    }

    private string ConfigPath(string id) => Path.Combine(_configs, id["sha256:".Length..]);
}
