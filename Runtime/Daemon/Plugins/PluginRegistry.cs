using System.Collections.Concurrent;
using NLog;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Plugins;

/// <summary>The plugins that were used so far, each activated once per address.</summary>
internal sealed class PluginRegistry(PluginDirectories directories) : IDisposable
{
    /// <summary>Lists must not wait for a plugin that hangs.</summary>
    private static readonly TimeSpan s_listPatience = TimeSpan.FromSeconds(2);

    private static readonly Logger s_log = LogManager.GetLogger("plugin");

    private readonly ConcurrentDictionary<string, Plugin> _active = new(StringComparer.Ordinal);

    /// <summary>A plugin by its name, activated.</summary>
    /// <param name="subsystem">What it has to implement, such as VolumeDriver or authz.</param>
    /// <param name="patience">For an activation; null for <see cref="PluginClient.DefaultPatience"/>.</param>
    /// <exception cref="EngineException">Not found: no such plugin, or it does not implement the subsystem. System: it cannot be reached.</exception>
    public async Task<Plugin> GetAsync(string name, string subsystem, TimeSpan? patience = null, CancellationToken cancelled = default)
    {
        PluginAddress address = directories.Find(name);
        if (!_active.TryGetValue(name, out Plugin? plugin) || plugin.Client.Address != address)
        {
            plugin = await ActivateAsync(name, address, patience, cancelled);
        }

        return plugin.Implements.Contains(subsystem, StringComparer.Ordinal)
            ? plugin
            : throw EngineException.NotFound($"plugin \"{name}\" does not implement {subsystem}");
    }

    /// <summary>All plugins of a subsystem that can be reached now; others are passed over.</summary>
    public async Task<IReadOnlyList<Plugin>> ListAsync(string subsystem, CancellationToken cancelled = default)
    {
        Plugin?[] found = await Task.WhenAll(directories.Names().Select(name => TryGetAsync(name, subsystem, cancelled)));
        return found.OfType<Plugin>().ToArray();
    }

    public void Dispose()
    {
        foreach (Plugin plugin in _active.Values)
        {
            plugin.Client.Dispose();
        }

        _active.Clear();
    }

    private async Task<Plugin?> TryGetAsync(string name, string subsystem, CancellationToken cancelled)
    {
        try
        {
            return await GetAsync(name, subsystem, s_listPatience, cancelled);
        }
        catch (EngineException error)
        {
            s_log.Debug("{Plugin} is passed over: {Reason}", name, error.Message);
            return null;
        }
    }

    private async Task<Plugin> ActivateAsync(string name, PluginAddress address, TimeSpan? patience, CancellationToken cancelled)
    {
        PluginClient client = new(name, address);
        try
        {
            PluginManifest manifest = await client.CallAsync<PluginManifest>("Plugin.Activate", null, patience, cancelled);
            Plugin plugin = new(name, client, manifest.Implements);

            // Whoever activated it at the same time is overwritten: a client without open connections holds nothing.
            _active[name] = plugin;
            s_log.Info("plugin {Name} at {Address} implements {Subsystems}", name, address, string.Join(", ", plugin.Implements));
            return plugin;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
