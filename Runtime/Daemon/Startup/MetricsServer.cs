using System.Net;
using System.Runtime.InteropServices;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Events;
using Rtd.Daemon.Metrics;

namespace Rtd.Daemon.Startup;

/// <summary>Serves <c>/metrics</c> to Prometheus, on an address of its own: it has nothing to keep secret, and the API has nothing to show without authorization.</summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private readonly ApiServer _server;
    private readonly ISystemStatus _status;
    private readonly SystemChecks _checks;
    private readonly EventBus _events;
    private readonly string _engineId;

    private MetricsServer(ListenSocket socket, DaemonContext context, ISystemStatus status)
    {
        RouteTable routes = new();
        routes.Map("GET", "/metrics", AnswerAsync);
        _server = new ApiServer(routes, [socket]);
        _status = status;
        _checks = context.Checks;
        _events = context.Events;
        _engineId = context.EngineId;
    }

    /// <summary>Such as <c>tcp://127.0.0.1:9323</c>.</summary>
    public string Address => _server.Addresses.Single();

    /// <exception cref="Errors.EngineException">The address cannot be had.</exception>
    public static async Task<MetricsServer> StartAsync(IPEndPoint address, DaemonContext context, ISystemStatus status)
    {
        MetricsServer server = new(ListenSockets.ListenTcp(new ListenAddress("tcp", EndPoint: address), null), context, status);
        await server._server.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private Task AnswerAsync(ApiContext context)
    {
        MetricsWriter writer = new();
        WriteEngine(writer);
        WriteContainers(writer);
        EngineMetrics.Write(writer);
        ProcessMetrics.Write(writer);
        return context.WriteTextAsync(200, writer.ToString(), MetricsWriter.ContentType);
    }

    private void WriteEngine(MetricsWriter writer)
    {
        writer.Family("engine_daemon_engine_info", "The information related to the engine and the OS it is running on", "gauge");
        writer.Sample(
            "engine_daemon_engine_info", 1,
            ("architecture", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "aarch64" : "x86_64"), ("commit", ProductVersion.Commit), ("daemon_id", _engineId),
            ("graphdriver", _status.StorageDriver), ("kernel", _checks.KernelRelease), ("os", _checks.Host.Name), ("os_type", "linux"), ("os_version", _checks.Host.VersionId),
            ("version", ProductVersion.Number));
        writer.Gauge("engine_daemon_engine_cpus_cpus", "The number of cpus that the host system of the engine has", _checks.Host.Processors);
        writer.Gauge("engine_daemon_engine_memory_bytes", "The number of bytes of memory that the host system of the engine has", _checks.Host.Memory);
        writer.Gauge("engine_daemon_events_subscribers_total", "The number of current subscribers to events", _events.Listeners);
        writer.Gauge("engine_daemon_images", "The number of images", _status.Images);
    }

    private void WriteContainers(MetricsWriter writer)
    {
        ContainerCounts counts = _status.Containers;
        writer.Family("engine_daemon_container_states_containers", "The count of containers in various states", "gauge");
        writer.Sample("engine_daemon_container_states_containers", counts.Paused, ("state", "paused"));
        writer.Sample("engine_daemon_container_states_containers", counts.Running, ("state", "running"));
        writer.Sample("engine_daemon_container_states_containers", counts.Stopped, ("state", "stopped"));
    }
}
