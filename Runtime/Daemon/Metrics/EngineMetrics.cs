namespace Rtd.Daemon.Metrics;

/// <summary>What the daemon counts about itself, under dockerd's names where it has some. Counting costs an interlocked addition and is always on.</summary>
internal static class EngineMetrics
{
    public static readonly Histogram ContainerActions = new(
        "engine_daemon_container_actions_seconds", "The number of seconds it takes to process each container action", "action",
        "changes", "commit", "create", "delete", "kill", "restart", "start", "stop");

    public static readonly Histogram ImageActions = new(
        "engine_daemon_image_actions_seconds", "The number of seconds it takes to process each image action", "action",
        "delete", "load", "pull", "push", "save", "tag");

    public static readonly Histogram NetworkActions = new(
        "engine_daemon_network_actions_seconds", "The number of seconds it takes to process each network action", "action",
        "connect", "create", "delete", "disconnect");

    public static readonly Histogram HostInformation = new(
        "engine_daemon_host_info_functions_seconds", "The number of seconds it takes to call functions gathering info about the host", "function",
        "system_info", "system_version");

    public static readonly Counter HealthChecks = new("engine_daemon_health_checks_total", "The total number of health checks");

    public static readonly Counter HealthChecksFailed = new("engine_daemon_health_checks_failed_total", "The total number of failed health checks");

    public static readonly Counter Events = new("engine_daemon_events_total", "The number of events logged");

    public static readonly Counter BuildsTriggered = new("builder_builds_triggered_total", "Number of triggered image builds");

    public static readonly Counter BuildsFailed = new("builder_builds_failed_total", "Number of failed image builds");

    public static readonly Counter LogMessagesLost = new("engine_daemon_log_messages_lost_total", "Messages of containers that no log could take");

    public static void Write(MetricsWriter writer)
    {
        ContainerActions.Write(writer);
        ImageActions.Write(writer);
        NetworkActions.Write(writer);
        HostInformation.Write(writer);
        HealthChecks.Write(writer);
        HealthChecksFailed.Write(writer);
        Events.Write(writer);
        BuildsTriggered.Write(writer);
        BuildsFailed.Write(writer);
        LogMessagesLost.Write(writer);
    }
}
