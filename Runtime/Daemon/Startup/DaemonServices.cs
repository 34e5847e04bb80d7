using Rtd.Daemon.Api;
using Rtd.Daemon.Configuration;

namespace Rtd.Daemon.Startup;

/// <summary>The assembled parts, as far as start-up and shutdown deal with them.</summary>
internal sealed class DaemonServices
{
    /// <summary>The areas of the API, each with its routes.</summary>
    public required IReadOnlyList<IRouteModule> Modules { get; init; }

    /// <summary>What <c>info</c> and the metrics show.</summary>
    public required ISystemStatus Status { get; init; }

    /// <summary>Takes up what the daemon before this one left; until it is done only pings are answered.</summary>
    public Func<CancellationToken, Task> RestoreAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Work that goes on beside the first requests: starts what restart policies ask for.</summary>
    public Func<CancellationToken, Task> ReadyAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>The start does not go through; what has been opened is let go of.</summary>
    public Action StartFailed { get; init; } = () => { };

    /// <summary>Stops containers and lets go of everything; the token is cancelled when the time for it is over.</summary>
    public Func<CancellationToken, Task> ShutDownAsync { get; init; } = _ => Task.CompletedTask;

    /// <summary>Lines for whoever asks by SIGUSR1 what the daemon is doing.</summary>
    public Func<IEnumerable<string>> DescribeState { get; init; } = () => [];

    /// <summary>A changed configuration after SIGHUP; each part takes from it what it can change while running.</summary>
    public Action<DaemonConfig> Reload { get; init; } = _ => { };
}
