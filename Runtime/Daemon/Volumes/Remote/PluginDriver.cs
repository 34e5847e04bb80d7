using System.Globalization;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Plugins;

namespace Rtd.Daemon.Volumes.Remote;

/// <summary>Volumes of a plugin, by Docker's volume plugin protocol: <c>/VolumeDriver.Create</c>, Remove, Mount, Unmount, Path, Get, List, Capabilities.</summary>
/// <param name="name">The plugin's.</param>
/// <param name="plugins">Finds the plugin whenever it is needed: it may come later than the daemon, and come back elsewhere.</param>
/// <param name="notes">What is mounted.</param>
internal sealed class PluginDriver(string name, PluginRegistry plugins, MountNotes notes) : IVolumeDriver
{
    public const string Subsystem = "VolumeDriver";

    /// <summary>Mounts of network storage take their time; dockerd waits two minutes for them.</summary>
    private static readonly TimeSpan s_mountPatience = TimeSpan.FromMinutes(2);

    /// <summary>Lists and look-ups must not wait long for one plugin of several.</summary>
    private static readonly TimeSpan s_askPatience = TimeSpan.FromSeconds(10);

    private string? _scope;

    public string Name => name;

    public string Scope => _scope ?? "local";

    /// <summary>Asks the plugin what it is; older ones do not know the question.</summary>
    public async Task<PluginDriver> ActivateAsync()
    {
        if (_scope is null)
        {
            await plugins.GetAsync(name, Subsystem);
            try
            {
                string? told = (await CallAsync("Capabilities", new PluginVolumeRequest(), s_askPatience)).Capabilities?.Scope?.ToLowerInvariant();
                _scope = told is "global" ? "global" : "local";
            }
            catch (EngineException failure) when (failure.Kind is ErrorKind.NotFound or ErrorKind.System)
            {
                _scope = "local";
            }
        }

        return this;
    }

    public async Task CreateAsync(Volume volume)
    {
        // A volume that the plugin has already is taken as it is, as dockerd does.
        if (await FindAsync(volume.Name) is null)
        {
            await CallAsync("Create", new PluginVolumeRequest { Name = volume.Name, Opts = volume.Record.Options });
        }
    }

    public async Task RemoveAsync(Volume volume)
    {
        if (await FindAsync(volume.Name) is not null)
        {
            await CallAsync("Remove", new PluginVolumeRequest { Name = volume.Name });
        }
    }

    public async Task<VolumeSource> MountAsync(Volume volume, string user)
    {
        MountNote note = notes.Add(name, volume.Name, user);
        try
        {
            string? path = (await CallAsync("Mount", new PluginVolumeRequest { Name = volume.Name, Id = note.Id }, s_mountPatience)).Mountpoint;
            return path is ['/', ..] && Directory.Exists(path)
                ? VolumeSource.Of(path)
                : throw EngineException.System($"plugin \"{name}\" says that volume {volume.Name} is at \"{path}\", where there is no directory");
        }
        catch
        {
            await UnmountAsync(note);
            throw;
        }
    }

    public async Task UnmountAsync(Volume volume, string user)
    {
        if (notes.Find(name, volume.Name, user) is { } note)
        {
            await UnmountAsync(note);
        }
    }

    /// <summary>Takes a mount back. It stays noted, for the next start of the daemon, when the plugin cannot be reached.</summary>
    public async Task UnmountAsync(MountNote note)
    {
        await plugins.GetAsync(name, Subsystem);
        try
        {
            await CallAsync("Unmount", new PluginVolumeRequest { Name = note.Volume, Id = note.Id });
        }
        catch (EngineException unknown) when (unknown.Kind == ErrorKind.NotFound || unknown.InnerException is null)
        {
            // It has answered, so there is nothing to ask again: the mount had failed, or the plugin has forgotten it.
        }

        notes.Remove(note);
    }

    public async Task<DriverVolume?> FindAsync(string volume)
    {
        await plugins.GetAsync(name, Subsystem, s_askPatience);
        try
        {
            PluginVolume? found = (await CallAsync("Get", new PluginVolumeRequest { Name = volume }, s_askPatience)).Volume;
            return found is { Name.Length: > 0 } && found.Name == volume ? Show(found) : null;
        }
        catch (EngineException none) when (none.Kind == ErrorKind.NotFound || none.InnerException is null)
        {
            return null; // an answer: the plugin has no such volume
        }
    }

    public async Task<IReadOnlyList<DriverVolume>> ListAsync() =>
        [.. ((await CallAsync("List", new PluginVolumeRequest(), s_askPatience)).Volumes ?? []).Where(volume => volume.Name.Length > 0).Select(Show)];

    private static DriverVolume Show(PluginVolume volume) => new(
        volume.Name,
        volume.Mountpoint ?? "",
        DateTimeOffset.TryParse(volume.CreatedAt, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset created) ? created : null,
        volume.Status);

    private async Task<PluginVolumeAnswer> CallAsync(string method, PluginVolumeRequest request, TimeSpan? patience = null)
    {
        Plugin plugin = await plugins.GetAsync(name, Subsystem, patience);
        return await plugin.Client.CallAsync<PluginVolumeAnswer>($"{Subsystem}.{method}", request, patience);
    }
}
