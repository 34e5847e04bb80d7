using NLog;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>Volumes of this machine: a directory each, or what is mounted in its place while somebody uses it.</summary>
/// <remarks>A mount is held by fd, never attached on the host: it ends with its last user, or with the daemon, and the next start makes it anew.</remarks>
internal sealed class LocalDriver(IVolumeTrees trees) : IVolumeDriver
{
    public const string DriverName = "local";

    private const UnixFileMode DataMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Logger s_log = LogManager.GetLogger("volumes");

    private readonly Dictionary<string, Mounted> _mounted = new(StringComparer.Ordinal);

    public string Name => DriverName;

    public string Scope => "local";

    public Task CreateAsync(Volume volume)
    {
        LocalOptions.Parse(volume.Name, volume.Record.Options);
        MakeDirectories(volume);
        return Task.CompletedTask;
    }

    public static void MakeDirectories(Volume volume)
    {
        Directory.CreateDirectory(volume.Directory, Volume.DirectoryMode);
        Directory.CreateDirectory(volume.Mountpoint, DataMode);
    }

    /// <summary>The directory goes with the record's, in one rename; what is mounted in its place stays what it is.</summary>
    public Task RemoveAsync(Volume volume)
    {
        trees.Discard(volume.Directory);
        return Task.CompletedTask;
    }

    /// <summary>Under the volume's lock, so of two users the second finds what the first has mounted.</summary>
    public async Task<VolumeSource> MountAsync(Volume volume, string user)
    {
        if (!Directory.Exists(volume.Mountpoint))
        {
            throw EngineException.NotFound($"get {volume.Name}: no such volume");
        }

        if (LocalOptions.Parse(volume.Name, volume.Record.Options) is not { } options)
        {
            return VolumeSource.Of(volume.Mountpoint);
        }

        Mounted? mounted = Find(volume.Name);
        if (mounted is null)
        {
            mounted = new Mounted(await VolumeMount.MakeAsync(options, volume.Mountpoint), []);
            lock (_mounted)
            {
                _mounted[volume.Name] = mounted;
            }
        }

        mounted.Users.Add(user);
        return VolumeSource.Of(volume.Mountpoint, mounted.Mount);
    }

    public Task UnmountAsync(Volume volume, string user)
    {
        if (Find(volume.Name) is { } mounted && mounted.Users.Remove(user) && mounted.Users.Count == 0)
        {
            lock (_mounted)
            {
                _mounted.Remove(volume.Name);
            }

            mounted.Mount.Dispose();
            s_log.Debug("volume {0} is unmounted", volume.Name);
        }

        return Task.CompletedTask;
    }

    /// <summary>The store has all there is to know.</summary>
    public Task<DriverVolume?> FindAsync(string name) => Task.FromResult<DriverVolume?>(null);

    public Task<IReadOnlyList<DriverVolume>> ListAsync() => Task.FromResult<IReadOnlyList<DriverVolume>>([]);

    private Mounted? Find(string name)
    {
        lock (_mounted)
        {
            return _mounted.GetValueOrDefault(name);
        }
    }

    /// <param name="Mount">What is mounted.</param>
    /// <param name="Users">A user that mounts several times is in it as often.</param>
    private sealed record Mounted(HeldMount Mount, List<string> Users);
}
