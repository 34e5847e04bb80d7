using System.Collections.Concurrent;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Plugins;
using Rtd.Daemon.Storage.Quotas;
using Rtd.Daemon.Volumes.Local;
using Rtd.Daemon.Volumes.Remote;

namespace Rtd.Daemon.Volumes;

/// <summary>The local driver, and those of plugins as far as they were asked for.</summary>
internal sealed class VolumeDrivers(IVolumeTrees trees, ProjectQuotas? quotas, PluginRegistry plugins, MountNotes notes) : IVolumeDrivers
{
    private static readonly Logger s_log = LogManager.GetLogger("volumes");

    private readonly LocalDriver _local = new(trees, quotas);
    private readonly ConcurrentDictionary<string, PluginDriver> _plugins = new(StringComparer.Ordinal);

    /// <summary>Names of the drivers in use, for <c>info</c>.</summary>
    public IReadOnlyList<string> Names => [LocalDriver.DriverName, .. _plugins.Keys.Order(StringComparer.Ordinal)];

    public async Task<IVolumeDriver> GetAsync(string name)
    {
        if (name is "" or LocalDriver.DriverName)
        {
            return _local;
        }

        try
        {
            return _plugins.GetOrAdd(name, await NewDriver(name).ActivateAsync());
        }
        catch (EngineException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            throw EngineException.NotFound($"error looking up volume plugin {name}: {missing.Message}");
        }
    }

    public IVolumeDriver Of(VolumeRecord record) => record.Driver == LocalDriver.DriverName ? _local : _plugins.GetOrAdd(record.Driver, NewDriver);

    public async Task<IReadOnlyList<IVolumeDriver>> AllAsync()
    {
        List<IVolumeDriver> all = [_local];
        foreach (Plugin plugin in await plugins.ListAsync(PluginDriver.Subsystem))
        {
            all.Add(await GetAsync(plugin.Name));
        }

        return all;
    }

    /// <summary>Has plugins take back what a daemon that was killed had them mount; beside the start of this one, since they may not be there yet.</summary>
    /// <param name="uses">Whether a user of a mount runs still.</param>
    public async Task UnmountLeftAsync(Func<string, bool> uses)
    {
        List<MountNote> unused = [.. notes.Left.Where(note => !uses(note.User))];
        foreach (MountNote note in unused)
        {
            try
            {
                await NewDriver(note.Driver).UnmountAsync(note);
                s_log.Info("volume {0}: unmounted by {1}, of which a former daemon had {2}", note.Volume, note.Driver, note.User);
            }
            catch (Exception failure)
            {
                s_log.Warn("volume {0} stays mounted by {1}: {2}", note.Volume, note.Driver, failure.Message);
            }
        }
    }

    private PluginDriver NewDriver(string name) => new(name, plugins, notes);
}
