using System.Globalization;
using Newtonsoft.Json;
using NLog;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Plugins;

namespace Rtd.Daemon.Startup;

/// <summary>Reads the file again at SIGHUP; the flags stay what they were. A file that is wrong now changes nothing.</summary>
internal sealed class ConfigReload(DaemonOptions flags, RunningConfig running, EventBus events, ServerTls? tls, PluginRegistry plugins)
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    /// <summary>Whoever reloads waits for the answer in the log.</summary>
    private static readonly TimeSpan s_pluginPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();

    /// <param name="parts">Tells the other parts; null while there are none yet.</param>
    public void Run(string engineId, Action<DaemonConfig>? parts)
    {
        lock (_lock)
        {
            try
            {
                DaemonConfig changed = ConfigLoader.Load(flags);
                ConfigCheck.Check(changed);
                AuthorizationPlugins.CheckAsync(plugins, changed.AuthorizationPlugins, s_pluginPatience).GetAwaiter().GetResult();
                Apply(changed, parts);
                events.Publish("daemon", "reload", engineId, Attributes(running.Current));
            }
            catch (Exception error) when (error is ConfigurationException or EngineException)
            {
                s_log.Error("configuration not reloaded: {Reason}", error.Message);
            }
        }
    }

    private void Apply(DaemonConfig changed, Action<DaemonConfig>? parts)
    {
        IReadOnlyList<string> later = running.Take(changed);
        DaemonConfig now = running.Current;
        if (now.Tls is not null)
        {
            tls?.Reload(now.Tls);
        }

        DaemonLog.Configure(now.LogLevel, now.LogFormat);
        parts?.Invoke(now);
        s_log.Info("configuration reloaded from {Path}", now.ConfigFile);
        if (later.Count > 0)
        {
            s_log.Warn("these settings were changed and count from the next start on: {Keys}", string.Join(", ", later));
        }
    }

    /// <summary>The names and forms of dockerd's event.</summary>
    private static Dictionary<string, string> Attributes(DaemonConfig config) => new()
    {
        ["name"] = Environment.MachineName,
        ["debug"] = config.Debug ? "true" : "false",
        ["labels"] = List(config.Labels),
        ["insecure-registries"] = List(config.InsecureRegistries),
        ["registry-mirrors"] = List(config.RegistryMirrors),
        ["max-concurrent-downloads"] = Number(config.MaxConcurrentDownloads),
        ["max-concurrent-uploads"] = Number(config.MaxConcurrentUploads),
        ["max-download-attempts"] = Number(config.MaxDownloadAttempts),
        ["shutdown-timeout"] = config.ShutdownTimeout == Timeout.InfiniteTimeSpan ? "-1" : Number((long)config.ShutdownTimeout.TotalSeconds),
        ["default-shm-size"] = Number(config.DefaultShmSize),
        ["default-ipc-mode"] = config.DefaultIpcMode,
        ["log-driver"] = config.LogDriver,
        ["log-level"] = config.LogLevel,
        ["authorization-plugins"] = List(config.AuthorizationPlugins),
        ["live-restore"] = config.LiveRestore ? "true" : "false",
        ["runtimes"] = string.Join(' ', config.Runtimes.Values.Select(runtime => $"{runtime.Name}:{runtime.Path}")),
        ["default-runtime"] = config.DefaultRuntime,
    };

    private static string List(IReadOnlyList<string> items) => JsonConvert.SerializeObject(items);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
