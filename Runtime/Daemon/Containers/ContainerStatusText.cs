using System.Globalization;
using Rtd.Daemon.Containers.Health;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Text;

namespace Rtd.Daemon.Containers;

/// <summary>The Status column of the container list.</summary>
internal static class ContainerStatusText
{
    public static string Format(ContainerState state, DateTimeOffset now) => state.Status switch
    {
        ContainerStatus.Running => $"Up {Since(state.StartedAt, now)}{Health(state.Health)}",
        ContainerStatus.Paused => $"Up {Since(state.StartedAt, now)} (Paused)",
        ContainerStatus.Restarting => string.Create(CultureInfo.InvariantCulture, $"Restarting ({state.ExitCode}) {Since(state.FinishedAt, now)} ago"),
        ContainerStatus.Removing => "Removal In Progress",
        ContainerStatus.Dead => "Dead",
        ContainerStatus.Created => "Created",
        _ when state.FinishedAt is null => "",
        _ => string.Create(CultureInfo.InvariantCulture, $"Exited ({state.ExitCode}) {Since(state.FinishedAt, now)} ago"),
    };

    private static string Health(HealthState? health) => health switch
    {
        null => "",
        { Status: HealthStatus.Starting } => " (health: starting)",
        _ => $" ({health.StatusName})",
    };

    private static string Since(DateTimeOffset? time, DateTimeOffset now) => HumanDuration.Format(now - (time ?? now));
}
