using System.Text;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Storage.Files;

namespace Rtd.Daemon.Images.Origins;

/// <summary>The origins of all images that were built here, a small file each.</summary>
/// <remarks>Not safe for concurrent use; <see cref="ImageStore"/> has the lock.</remarks>
internal sealed class OriginStore
{
    private static readonly Logger s_log = LogManager.GetLogger("images");

    private readonly string _root;
    private readonly Dictionary<string, ImageOrigin> _origins = [];
    private readonly Dictionary<string, HashSet<string>> _children = [];
    private readonly Dictionary<string, HashSet<string>> _byKey = [];

    /// <param name="root">A directory, made when it is missing.</param>
    public OriginStore(string root)
    {
        _root = root;
        OwnFiles.MakeDirectory(root, OwnFiles.PrivateDirectory);
        AtomicFile.Sweep(root);
        foreach (string path in Directory.EnumerateFiles(root))
        {
            Load(path);
        }
    }

    public IReadOnlyCollection<ImageOrigin> All => _origins.Values;

    public ImageOrigin? Find(string imageId) => _origins.GetValueOrDefault(imageId);

    public bool HasChildren(string imageId) => _children.ContainsKey(imageId);

    /// <summary>The images that a step made, the newest first.</summary>
    public IEnumerable<ImageOrigin> WithKey(string key) =>
        _byKey.TryGetValue(key, out HashSet<string>? ids) ? ids.Select(id => _origins[id]).OrderByDescending(origin => origin.Created) : [];

    /// <summary>Notes an origin, on disk when it returns.</summary>
    public void Set(ImageOrigin origin)
    {
        AtomicFile.Write(PathOf(origin.ImageId), JsonConvert.SerializeObject(origin));
        Unindex(origin.ImageId);
        Index(origin);
    }

    /// <summary>Counts a use, in memory.</summary>
    public void Touch(string imageId, DateTimeOffset now)
    {
        if (_origins.TryGetValue(imageId, out ImageOrigin? origin))
        {
            _origins[imageId] = origin with { LastUsed = now, UsageCount = origin.UsageCount + 1 };
        }
    }

    public void Remove(string imageId)
    {
        if (Unindex(imageId))
        {
            File.Delete(PathOf(imageId));
        }
    }

    /// <summary>Forgets the origins of images that are not there: a kill leaves the origin of an image that was not made any more.</summary>
    public void Keep(Func<string, bool> exists)
    {
        foreach (string id in _origins.Keys.Where(id => !exists(id)).ToArray())
        {
            Remove(id);
        }
    }

    private void Load(string path)
    {
        ImageOrigin? origin = null;
        try
        {
            origin = JsonConvert.DeserializeObject<ImageOrigin>(File.ReadAllText(path, Encoding.UTF8));
        }
        catch (JsonException damaged)
        {
            s_log.Error("{0} is damaged and removed: {1}", path, damaged.Message);
        }

        if (origin is not null && PathOf(origin.ImageId) == path)
        {
            Index(origin);
        }
        else
        {
            File.Delete(path); // without it the image is one that somebody brought: never taken for a step
        }
    }

    private void Index(ImageOrigin origin)
    {
        _origins[origin.ImageId] = origin;
        Add(_children, origin.Parent, origin.ImageId);
        Add(_byKey, origin.Key, origin.ImageId);
    }

    private bool Unindex(string imageId)
    {
        if (!_origins.Remove(imageId, out ImageOrigin? origin))
        {
            return false;
        }

        Drop(_children, origin.Parent, imageId);
        Drop(_byKey, origin.Key, imageId);
        return true;
    }

    private static void Add(Dictionary<string, HashSet<string>> index, string key, string imageId)
    {
        if (key.Length == 0)
        {
            return;
        }

        if (!index.TryGetValue(key, out HashSet<string>? ids))
        {
            index[key] = ids = [];
        }

        ids.Add(imageId);
    }

    private static void Drop(Dictionary<string, HashSet<string>> index, string key, string imageId)
    {
        if (index.TryGetValue(key, out HashSet<string>? ids) && ids.Remove(imageId) && ids.Count == 0)
        {
            index.Remove(key);
        }
    }

    private string PathOf(string imageId) => Path.Combine(_root, imageId.StartsWith("sha256:", StringComparison.Ordinal) ? imageId["sha256:".Length..] : "invalid");
}
