using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Dockerfiles.Mounts;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Mounts;

/// <summary>The caches that steps mount: <c>DATA-ROOT/builds/caches/KEY/data</c> with its record beside it; whole, or not there.</summary>
internal sealed class CacheMounts(BuildDirectory directory)
{
    private const string DataName = "data", RecordName = "cache.json";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Use> _uses = [];

    /// <summary>Opens a cache, which is made when it is missing.</summary>
    /// <param name="id">Names it.</param>
    /// <param name="fill">Puts what a new one begins with under the name <c>data</c>, or null for nothing.</param>
    public async Task<CacheMount> OpenAsync(RunMount mount, string id, Action<PrivateTree, CancellationToken>? fill, CancellationToken cancelled)
    {
        for (int copy = 0; ; copy++)
        {
            string key = Key(copy == 0 ? id : $"{id}\n{copy}");
            Use use = Take(key);
            bool waits = mount.Sharing == CacheSharing.Locked;
            bool own = mount.Sharing == CacheSharing.Shared;
            try
            {
                own = own || await use.Alone.WaitAsync(waits ? Timeout.Infinite : 0, cancelled);
                if (own)
                {
                    await EnsureAsync(key, id, mount, fill, use, cancelled);
                    return new CacheMount(Path.Combine(directory.Caches, key, DataName), () => Release(key, use, mount.Sharing != CacheSharing.Shared));
                }
            }
            catch
            {
                Release(key, use, own && mount.Sharing != CacheSharing.Shared);
                throw;
            }

            Release(key, use, alone: false); // a private one that is in use: the next copy
        }
    }

    /// <summary>All caches, with the bytes in each.</summary>
    public IEnumerable<(string Key, CacheRecord Record, long Size, bool InUse)> List()
    {
        foreach (string path in Directory.EnumerateDirectories(directory.Caches))
        {
            string key = Path.GetFileName(path);
            CacheRecord? record;
            try
            {
                record = JsonConvert.DeserializeObject<CacheRecord>(File.ReadAllText(Path.Combine(path, RecordName)));
            }
            catch (Exception gone) when (gone is IOException or JsonException)
            {
                continue; // being removed
            }

            bool inUse;
            lock (_lock)
            {
                inUse = _uses.ContainsKey(key);
            }

            yield return (key, record ?? new CacheRecord(), TreeSize.Measure(Path.Combine(path, DataName)), inUse);
        }
    }

    /// <summary>Removes a cache that nobody uses; false when somebody does.</summary>
    public bool TryRemove(string key)
    {
        lock (_lock)
        {
            if (_uses.ContainsKey(key))
            {
                return false;
            }

            directory.Removal.Discard(Path.Combine(directory.Caches, key));
        }

        _ = directory.Removal.EmptySoon();
        return true;
    }

    private async Task EnsureAsync(string key, string id, RunMount mount, Action<PrivateTree, CancellationToken>? fill, Use use, CancellationToken cancelled)
    {
        string final = Path.Combine(directory.Caches, key);
        await use.Making.WaitAsync(cancelled);
        try
        {
            if (!Directory.Exists(final))
            {
                await MakeAsync(final, id, mount, fill, cancelled);
            }
        }
        finally
        {
            use.Making.Release();
        }
    }

    private async Task MakeAsync(string final, string id, RunMount mount, Action<PrivateTree, CancellationToken>? fill, CancellationToken cancelled)
    {
        await using PrivateTree tree = directory.NewTree();
        if (fill is not null)
        {
            fill(tree, cancelled);
        }
        else
        {
            OwnFiles.MakeDirectory(Path.Combine(tree.Path, DataName), 0x1C0);
            using SafeFileHandle parent = Libc.open(tree.Path, Libc.O_RDONLY | Libc.O_DIRECTORY);
            TreeAttributes.SetOwnerMode(parent.Fd(), RawName.From(DataName), Libc.S_IFDIR, (uint)(mount.Mode ?? 0x1ED), mount.User, mount.Group);
        }

        AtomicFile.Write(Path.Combine(tree.Path, RecordName), JsonConvert.SerializeObject(new CacheRecord { Id = id, Created = DateTimeOffset.UtcNow }));
        OwnFiles.RenameNew(tree.Path, final);
    }

    private Use Take(string key)
    {
        lock (_lock)
        {
            if (!_uses.TryGetValue(key, out Use? use))
            {
                _uses[key] = use = new Use();
            }

            use.Count++;
            return use;
        }
    }

    private void Release(string key, Use use, bool alone)
    {
        lock (_lock)
        {
            if (alone)
            {
                use.Alone.Release();
            }

            if (--use.Count == 0)
            {
                _uses.Remove(key);
            }
        }
    }

    private static string Key(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32];

    private sealed class Use
    {
        public int Count { get; set; }

        public SemaphoreSlim Alone { get; } = new(1, 1);

        public SemaphoreSlim Making { get; } = new(1, 1);
    }
}
