using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Storage.Files;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes;

/// <summary>The local volumes, <c>DATA/volumes/NAME/_data</c>, and which containers use them.</summary>
/// <remarks>
/// Users are a set of container ids, made anew from the containers at every start of the daemon, never a counter: a volume in use cannot
/// be removed, and a volume that a create has taken cannot be pruned under it.
/// </remarks>
internal sealed class VolumeStore(string dataRoot, IVolumeTrees trees, IEventPublisher events)
{
    private const string RecordName = "volume.json";
    private const UnixFileMode DirectoryMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode DataMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Logger s_log = LogManager.GetLogger("volumes");

    private readonly string _root = Path.Combine(dataRoot, "volumes");
    private readonly Dictionary<string, Volume> _volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _users = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>All volumes, by name.</summary>
    public IReadOnlyList<Volume> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _volumes.Values.OrderBy(volume => volume.Name, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Reads all volumes; called once, before anything else. A directory without a record is a volume that a kill cut short: its data counts.</summary>
    public void Load()
    {
        Directory.CreateDirectory(_root, DirectoryMode);
        trees.Empty();
        foreach (string directory in Directory.GetDirectories(_root))
        {
            string name = Path.GetFileName(directory);
            if (!name.StartsWith('.'))
            {
                _volumes[name] = new Volume(ReadRecord(name, directory), directory);
                Directory.CreateDirectory(_volumes[name].Mountpoint, DataMode);
            }
        }
    }

    public Volume Get(string name)
    {
        lock (_gate)
        {
            return _volumes.GetValueOrDefault(name) ?? throw EngineException.NotFound($"get {name}: no such volume");
        }
    }

    /// <summary>Makes a volume, or returns the one of that name.</summary>
    /// <param name="name">"" for an anonymous one.</param>
    public Volume Create(string name, string driver, IReadOnlyDictionary<string, string>? options, IReadOnlyDictionary<string, string>? labels) =>
        Acquire(name, driver, options, labels, user: null);

    /// <summary>As <see cref="Create"/>, with a container that uses it from now on.</summary>
    public Volume Acquire(string name, string driver, IReadOnlyDictionary<string, string>? options, IReadOnlyDictionary<string, string>? labels, string? user)
    {
        ValidateDriver(driver, options);
        VolumeRecord record = NewRecord(name, labels);
        Volume volume;
        lock (_gate)
        {
            bool exists = _volumes.TryGetValue(record.Name, out Volume? found);
            volume = found ?? Make(record);
            AddUser(volume.Name, user);
            if (exists)
            {
                return volume;
            }
        }

        events.Publish("volume", "create", volume.Name, new Dictionary<string, string> { ["driver"] = "local" });
        return volume;
    }

    /// <summary>Notes at the daemon's start that a container uses a volume, which may be gone.</summary>
    public void Restore(string name, string user)
    {
        lock (_gate)
        {
            AddUser(name, user);
        }
    }

    /// <summary>A container no longer uses a volume.</summary>
    public void Release(string name, string user)
    {
        lock (_gate)
        {
            if (_users.TryGetValue(name, out HashSet<string>? users) && users.Remove(user) && users.Count == 0)
            {
                _users.Remove(name);
            }
        }
    }

    public IReadOnlyCollection<string> Users(string name)
    {
        lock (_gate)
        {
            return _users.TryGetValue(name, out HashSet<string>? users) ? [.. users] : [];
        }
    }

    /// <summary>Removes a volume and its data; conflict in Docker's words while a container uses it.</summary>
    /// <param name="force">No error when it does not exist.</param>
    public void Remove(string name, bool force)
    {
        lock (_gate)
        {
            if (!_volumes.TryGetValue(name, out Volume? volume))
            {
                if (force)
                {
                    return;
                }

                throw EngineException.NotFound($"get {name}: no such volume");
            }

            if (_users.TryGetValue(name, out HashSet<string>? users))
            {
                throw EngineException.Conflict($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
            }

            trees.Discard(volume.Directory);
            _volumes.Remove(name);
        }

        trees.Empty();
        events.Publish("volume", "destroy", name, new Dictionary<string, string> { ["driver"] = "local" });
    }

    /// <summary>Removes a volume if nobody uses it; false when somebody does or it is gone already.</summary>
    public bool TryRemove(string name)
    {
        try
        {
            Remove(name, force: false);
            return true;
        }
        catch (EngineException busy) when (busy.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
        {
            return false;
        }
    }

    /// <summary>Tells that volumes were pruned.</summary>
    /// <param name="reclaimed">Bytes.</param>
    public void PublishPrune(long reclaimed) =>
        events.Publish("volume", "prune", "", new Dictionary<string, string> { ["reclaimed"] = reclaimed.ToString(CultureInfo.InvariantCulture) });

    public long Measure(Volume volume) => trees.Measure(volume.Mountpoint);

    private static void ValidateDriver(string driver, IReadOnlyDictionary<string, string>? options)
    {
        if (driver is not ("" or "local"))
        {
            throw EngineException.NotFound($"error looking up volume plugin {driver}: plugin \"{driver}\" not found");
        }

        if (options is { Count: > 0 })
        {
            throw new EngineException(ErrorKind.NotImplemented, $"options of the local volume driver are not supported: {string.Join(", ", options.Keys)}");
        }
    }

    private static VolumeRecord NewRecord(string name, IReadOnlyDictionary<string, string>? labels)
    {
        Dictionary<string, string> own = labels is null ? [] : new(labels);
        if (name.Length == 0)
        {
            own[Volume.AnonymousLabel] = "";
            return new VolumeRecord { Name = RandomId.Create(), Created = DateTimeOffset.UtcNow, Labels = own };
        }

        VolumeNames.Validate(name);
        return new VolumeRecord { Name = name, Created = DateTimeOffset.UtcNow, Labels = own };
    }

    private static VolumeRecord ReadRecord(string name, string directory)
    {
        try
        {
            string text = File.ReadAllText(Path.Combine(directory, RecordName));
            if (JsonConvert.DeserializeObject<VolumeRecord>(text, new JsonSerializerSettings { DateParseHandling = DateParseHandling.None }) is { } record && record.Name == name)
            {
                return record;
            }
        }
        catch (Exception damaged) when (damaged is JsonException or IOException)
        {
            s_log.Warn("volume {0}: {1}; it goes on without labels", name, damaged.Message);
        }

        return new VolumeRecord { Name = name, Created = Directory.GetCreationTimeUtc(directory) };
    }

    private void AddUser(string name, string? user)
    {
        if (user is null)
        {
            return;
        }

        if (!_users.TryGetValue(name, out HashSet<string>? users))
        {
            _users[name] = users = [];
        }

        users.Add(user);
    }

    private Volume Make(VolumeRecord record)
    {
        Volume volume = new(record, Path.Combine(_root, record.Name));
        Directory.CreateDirectory(volume.Directory, DirectoryMode);
        Directory.CreateDirectory(volume.Mountpoint, DataMode);
        AtomicFile.Write(Path.Combine(volume.Directory, RecordName), JsonConvert.SerializeObject(record));
        using SafeFileHandle root = Libc.open(_root, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Libc.fsync_storage(root.Fd(), _root);
        return _volumes[record.Name] = volume;
    }
}
