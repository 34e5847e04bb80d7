using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>Volumes of this machine: a directory each, or what is mounted in its place while somebody uses it.</summary>
/// <remarks>A mount is held by fd, never attached on the host: it ends with its last user, or with the daemon, and the next start makes it anew.</remarks>
/// <param name="quotas">Of the file system that the volumes are on; null where there are none.</param>
internal sealed class LocalDriver(IVolumeTrees trees, ProjectQuotas? quotas) : IVolumeDriver
{
    public const string DriverName = "local";

    private const UnixFileMode DataMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private static readonly Logger s_log = LogManager.GetLogger("volumes");

    private readonly Dictionary<string, Mounted> _mounted = new(StringComparer.Ordinal);

    public string Name => DriverName;

    public string Scope => "local";

    public Task CreateAsync(Volume volume)
    {
        LocalOptions options = LocalOptions.Parse(volume.Name, volume.Record.Options, quotas is not null);
        MakeDirectories(volume);
        if (options.Size > 0)
        {
            quotas!.Limit(volume.Directory, [volume.Mountpoint], options.Size);
        }

        return Task.CompletedTask;
    }

    /// <summary>A volume was found at start. A limit that cannot be set now is an error of its next use.</summary>
    public void Restore(Volume volume)
    {
        MakeDirectories(volume);
        try
        {
            quotas?.Renew(volume.Directory);
        }
        catch (SyscallException failure)
        {
            s_log.Error("the size of volume {0} cannot be set again: {1}", volume.Name, failure.Message);
        }
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

        LocalOptions options = LocalOptions.Parse(volume.Name, volume.Record.Options, quotas: true);
        if (options.Size > 0)
        {
            RenewLimit(volume);
        }

        if (!options.IsMount)
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

    private static void MakeDirectories(Volume volume)
    {
        Directory.CreateDirectory(volume.Directory, Volume.DirectoryMode);
        Directory.CreateDirectory(volume.Mountpoint, DataMode);
    }

    private void RenewLimit(Volume volume)
    {
        if (quotas is null)
        {
            throw EngineException.System("size quota requested for volume but no quota support");
        }

        quotas.Renew(volume.Directory);
    }

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
