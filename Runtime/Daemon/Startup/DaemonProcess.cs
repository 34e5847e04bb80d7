using NLog;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Routes;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Plugins;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Startup;

/// <summary>The daemon's life from its configuration to its last breath; the order of the start is dockerd's.</summary>
/// <param name="flags">As given, for reading the file again at SIGHUP.</param>
internal sealed class DaemonProcess(DaemonOptions flags, DaemonConfig config)
{
    /// <summary>How long answers in flight may take after everything behind them has stopped.</summary>
    private static readonly TimeSpan s_lastAnswers = TimeSpan.FromSeconds(1);

    /// <summary>What stopping may take beyond the containers' own timeout.</summary>
    private static readonly TimeSpan s_cleanUp = TimeSpan.FromSeconds(10);

    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private readonly EventBus _events = new();
    private readonly ServiceNotifier _notifier = new(Environment.GetEnvironmentVariable("NOTIFY_SOCKET"));
    private readonly RunningConfig _running = new(config);
    private readonly OpenRequests _requests = new();
    private DaemonServices? _services;
    private string _engineId = "";

    /// <summary>Runs until a signal asks it to stop. Errors of the start are thrown, with nothing left behind.</summary>
    public async Task RunAsync()
    {
        RequireRoot();
        _ = Libc.umask(0x12 /* 022 */);
        DaemonDirectories.Make(config.DataRoot, config.ExecRoot);
        using PidFile pidFile = PidFile.Create(config.PidFile);
        using DaemonDirectories directories = DaemonDirectories.Hold(config.DataRoot, config.ExecRoot);
        ConfigCheck.Check(config);
        ServerTls? tls = config.Tls is null ? null : ServerTls.Load(config.Tls);
        using PluginRegistry plugins = new(PluginDirectories.Docker);
        await AuthorizationPlugins.CheckAsync(plugins, config.AuthorizationPlugins);
        ConfigReload reload = new(flags, _running, _events, tls, plugins);
        StateDump dump = new(config.ExecRoot, _requests);
        using StopSignals signals = new(() => reload.Run(_engineId, _services?.Reload), () => dump.Write(_services?.DescribeState));
        SystemChecks checks = CheckSystem();
        KernelSettings.Apply(config);
        _engineId = EngineId.LoadOrCreate(config.DataRoot);

        IReadOnlyList<ListenSocket> sockets = ListenSockets.Open(config.Hosts, config.Group, tls, config.AllowsOpenTcp);
        // A ping is answered at once; all else waits until what the daemon before this one left is taken up.
        RouteTable first = new();
        new PingRoutes(checks).Register(first);
        TaskCompletionSource<RouteTable> all = new(TaskCreationOptions.RunContinuationsAsynchronously);
        first.Rest = all.Task;
        DaemonContext context = new(_running, checks, _events, _engineId, plugins);
        await using ApiServer server = new(first, sockets, _requests, new AuthorizationPlugins(plugins, () => _running.Current.AuthorizationPlugins));
        await server.StartAsync();
        try
        {
            _services = Composition.Compose(context);
            RouteTable routes = new();
            foreach (IRouteModule module in _services.Modules.Append(new DebugRoutes(_running, dump, _services.DescribeState)))
            {
                module.Register(routes);
            }

            // Not ended by a signal: half of what was found would be neither served nor stopped. It is bounded; a second signal ends all.
            await _services.RestoreAsync(CancellationToken.None);
            all.SetResult(routes);
        }
        catch (Exception failure)
        {
            all.SetException(new EngineException(ErrorKind.Unavailable, $"the daemon cannot be started: {failure.Message}"));
            _services?.StartFailed();
            throw;
        }

        await using MetricsServer? metrics = config.MetricsAddress is null ? null : await MetricsServer.StartAsync(config.MetricsAddress, context, _services.Status);
        await ThreadReserve.FillAsync();
        Announce(server, metrics);
        Task ready = GetReadyAsync(_services, signals.Stop);

        await WaitAsync(signals.Stop);
        await ready;
        await StopAsync(server, _services);
    }

    private static void RequireRoot()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw EngineException.System("rtd needs to be started with root privileges");
        }
    }

    private static SystemChecks CheckSystem()
    {
        SystemChecks checks = SystemChecks.Probe();
        if (checks.Missing.Count > 0)
        {
            throw EngineException.System(string.Join("; ", checks.Missing));
        }

        foreach (string warning in checks.Warnings)
        {
            s_log.Warn(warning);
        }

        return checks;
    }

    private static async Task WaitAsync(CancellationToken stop)
    {
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = stop.UnsafeRegister(static source => ((TaskCompletionSource)source!).SetResult(), stopped);
        await stopped.Task;
    }

    private static async Task GetReadyAsync(DaemonServices services, CancellationToken stop)
    {
        try
        {
            await services.ReadyAsync(stop);
        }
        catch (OperationCanceledException)
        {
            s_log.Info("stopped before all containers with a restart policy were started");
        }
    }

    private void Announce(ApiServer server, MetricsServer? metrics)
    {
        if (metrics is not null)
        {
            s_log.Info("metrics are served at {Address}/metrics", metrics.Address);
        }

        foreach (string address in server.Addresses)
        {
            s_log.Info("API listen on {Address}", address);
        }

        s_log.Info("rtd {Version} ({Commit}) is ready, data root {Root}", ProductVersion.Number, ProductVersion.Commit, config.DataRoot);
        _notifier.Ready();
    }

    /// <summary>
    /// No new requests from here on; the containers stop, which ends their attached streams and waits; what then is still open is broken.
    /// </summary>
    private async Task StopAsync(ApiServer server, DaemonServices services)
    {
        _notifier.Stopping();
        using CancellationTokenSource noMoreAnswers = new();
        Task serverStopped = server.StopAsync(noMoreAnswers.Token);

        using CancellationTokenSource noMoreTime = new();
        if (_running.Current.ShutdownTimeout != Timeout.InfiniteTimeSpan)
        {
            noMoreTime.CancelAfter(_running.Current.ShutdownTimeout + s_cleanUp);
        }

        try
        {
            await services.ShutDownAsync(noMoreTime.Token);
        }
        catch (Exception error)
        {
            s_log.Error(error, "the shutdown did not go through");
        }

        _events.Close();
        noMoreAnswers.CancelAfter(s_lastAnswers);
        await serverStopped;
        s_log.Info("stopped");
    }
}
