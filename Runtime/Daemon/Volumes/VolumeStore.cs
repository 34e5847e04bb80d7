using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes;

/// <summary>The volumes, <c>DATA/volumes/NAME</c>, and which containers use them. A local one has its data there too.</summary>
/// <remarks>
/// Users are a set of container ids, made anew from the containers at every start of the daemon, never a counter: a volume in use cannot
/// be removed, and a volume that a create has taken cannot be pruned under it. What is done to one volume is done one after another.
/// </remarks>
internal sealed class VolumeStore(string dataRoot, IVolumeTrees trees, IVolumeDrivers drivers, IEventPublisher events)
{
    private const string RecordName = "volume.json";

    private static readonly Logger s_log = LogManager.GetLogger("volumes");

    private readonly string _root = Path.Combine(dataRoot, "volumes");
    private readonly Dictionary<string, Volume> _volumes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _users = new(StringComparer.Ordinal);
    private readonly KeyedLock _names = new();
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

    /// <summary>Reads all volumes; called once, before anything else. A directory without a record but with data is a volume that a kill cut short: its data counts.</summary>
    public void Load()
    {
        Directory.CreateDirectory(_root, Volume.DirectoryMode);
        trees.Empty();
        foreach (string directory in Directory.GetDirectories(_root))
        {
            string name = Path.GetFileName(directory);
            if (name.StartsWith('.'))
            {
                continue;
            }

            VolumeRecord? record = ReadRecord(name, directory);
            if (record is null)
            {
                trees.Discard(directory); // made by a create that a kill cut short, before it had anything
                continue;
            }

            Volume volume = new(record, directory, drivers.Of(record));
            (volume.Driver as Local.LocalDriver)?.Restore(volume);

            _volumes[name] = volume;
        }

        trees.Empty();
    }

    public Volume Get(string name) => Find(name) ?? throw NotFound(name);

    /// <summary>A volume by name; one that only its driver knows is known from now on.</summary>
    public async Task<Volume> LookUpAsync(string name)
    {
        using IDisposable queue = await _names.AcquireAsync(name);
        return Find(name) ?? await AdoptAsync(name, NewRecord(name, null)) ?? throw NotFound(name);
    }

    /// <summary>Makes a volume, or returns the one of that name.</summary>
    /// <param name="name">"" for an anonymous one.</param>
    public Task<Volume> CreateAsync(string name, string driver, IReadOnlyDictionary<string, string>? options, IReadOnlyDictionary<string, string>? labels) =>
        AcquireAsync(name, driver, options, labels, user: null);

    /// <summary>As <see cref="CreateAsync"/>, with a container that uses it from now on.</summary>
    public async Task<Volume> AcquireAsync(
        string name, string driver, IReadOnlyDictionary<string, string>? options, IReadOnlyDictionary<string, string>? labels, string? user)
    {
        VolumeRecord record = NewRecord(name, labels) with { Options = options is null ? [] : new(options) };
        using IDisposable queue = await _names.AcquireAsync(record.Name);
        if (Find(record.Name) is { } found)
        {
            return driver.Length == 0 || driver == found.Record.Driver
                ? Use(found, user)
                : throw EngineException.Conflict($"create {record.Name}: conflict: volume name must be unique");
        }

        if (driver.Length == 0 && name.Length > 0 && await AdoptAsync(record.Name, record) is { } adopted)
        {
            return Use(adopted, user);
        }

        Volume made = await MakeAsync(record, await drivers.GetAsync(driver));
        Use(made, user);
        events.Publish("volume", "create", made.Name, new Dictionary<string, string> { ["driver"] = made.Driver.Name });
        return made;
    }

    /// <summary>Notes at the daemon's start that a container uses a volume, which may be gone.</summary>
    public void Restore(string name, string user)
    {
        lock (_gate)
        {
            AddUser(name, user);
        }
    }

    /// <summary>Whether there is a limit on what may be in a volume.</summary>
    public bool IsLimited(string name) => Find(name)?.IsLimited ?? false;

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

    /// <summary>Makes a volume's data ready for somebody.</summary>
    /// <param name="user">In a word that no other one has, to be given to <see cref="UnmountAsync"/> as often.</param>
    public async Task<VolumeSource> MountAsync(string name, string user)
    {
        using IDisposable queue = await _names.AcquireAsync(name);
        Volume volume = Get(name);
        try
        {
            return await volume.Driver.MountAsync(volume, user);
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.System)
        {
            throw EngineException.System($"error while mounting volume '{volume.Mountpoint}': {failure.Message}", failure);
        }
    }

    /// <summary>Somebody needs a volume's data no longer.</summary>
    public async Task UnmountAsync(string name, string user)
    {
        using IDisposable queue = await _names.AcquireAsync(name);
        if (Find(name) is { } volume)
        {
            await volume.Driver.UnmountAsync(volume, user);
        }
    }

    /// <summary>Removes a volume and its data; conflict in Docker's words while a container uses it.</summary>
    /// <param name="force">No error when it does not exist, or when its plugin fails.</param>
    public async Task RemoveAsync(string name, bool force)
    {
        using IDisposable queue = await _names.AcquireAsync(name);
        Volume? volume = Find(name) ?? (Users(name).Count == 0 && VolumeNames.IsValid(name) ? await AdoptAsync(name, NewRecord(name, null)) : null);
        if (volume is null)
        {
            if (force)
            {
                return;
            }

            throw NotFound(name);
        }

        if (Users(name) is { Count: > 0 } users)
        {
            throw EngineException.Conflict($"remove {name}: volume is in use - [{string.Join(", ", users)}]");
        }

        await RemoveDataAsync(volume, force);
        if (Directory.Exists(volume.Directory))
        {
            trees.Discard(volume.Directory);
        }

        lock (_gate)
        {
            _volumes.Remove(name);
        }

        trees.Empty();
        events.Publish("volume", "destroy", name, new Dictionary<string, string> { ["driver"] = volume.Driver.Name });
    }

    /// <summary>Removes a volume if nobody uses it; false when somebody does or it is gone already.</summary>
    public async Task<bool> TryRemoveAsync(string name)
    {
        try
        {
            await RemoveAsync(name, force: false);
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

    /// <summary>Bytes of a plain volume's files.</summary>
    public long Measure(Volume volume) => trees.Measure(volume.Mountpoint);

    private static EngineException NotFound(string name) => EngineException.NotFound($"get {name}: no such volume");

    private static async Task RemoveDataAsync(Volume volume, bool force)
    {
        try
        {
            await volume.Driver.RemoveAsync(volume);
        }
        catch (EngineException failure) when (force)
        {
            s_log.Warn("volume {0}: its driver {1} does not remove it, which was forced: {2}", volume.Name, volume.Driver.Name, failure.Message);
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

    private static VolumeRecord? ReadRecord(string name, string directory)
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

        if (!Directory.Exists(Path.Combine(directory, "_data")))
        {
            return null;
        }

        Dictionary<string, string> options = [];
        if (QuotaNote.Read(directory) is { } note)
        {
            options[Local.LocalOptions.SizeName] = note.Bytes.ToString(CultureInfo.InvariantCulture);
        }

        return new VolumeRecord { Name = name, Created = Directory.GetCreationTimeUtc(directory), Options = options };
    }

    private Volume? Find(string name)
    {
        lock (_gate)
        {
            return _volumes.GetValueOrDefault(name);
        }
    }

    private Volume Use(Volume volume, string? user)
    {
        lock (_gate)
        {
            AddUser(volume.Name, user);
        }

        return volume;
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

    /// <summary>Writes down a volume that a driver has and we did not know; null when none has it.</summary>
    private async Task<Volume?> AdoptAsync(string name, VolumeRecord record)
    {
        foreach (IVolumeDriver driver in await drivers.AllAsync())
        {
            if (await driver.FindAsync(name) is not null)
            {
                return Keep(record with { Driver = driver.Name, Options = [] }, driver);
            }
        }

        return null;
    }

    private async Task<Volume> MakeAsync(VolumeRecord record, IVolumeDriver driver)
    {
        Volume volume = new(record with { Driver = driver.Name }, Path.Combine(_root, record.Name), driver);
        try
        {
            await driver.CreateAsync(volume);
            return Keep(volume.Record, driver);
        }
        catch
        {
            if (Directory.Exists(volume.Directory))
            {
                trees.Discard(volume.Directory);
                trees.Empty();
            }

            throw;
        }
    }

    private Volume Keep(VolumeRecord record, IVolumeDriver driver)
    {
        Volume volume = new(record, Path.Combine(_root, record.Name), driver);
        Directory.CreateDirectory(volume.Directory, Volume.DirectoryMode);
        AtomicFile.Write(Path.Combine(volume.Directory, RecordName), JsonConvert.SerializeObject(record));
        using SafeFileHandle root = Libc.open(_root, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Libc.fsync_storage(root.Fd(), _root);
        lock (_gate)
        {
            _volumes[record.Name] = volume;
        }

        return volume;
    }
}
