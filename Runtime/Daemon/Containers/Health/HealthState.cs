using Newtonsoft.Json;
using Newtonsoft.Json.Converters;

namespace Rtd.Daemon.Containers.Health;

/// <summary>A container's health at one moment; immutable (nobody changes the list it holds).</summary>
internal sealed record HealthState
{
    /// <summary>Results that are kept, as in dockerd.</summary>
    public const int LogLength = 5;

    [JsonConverter(typeof(StringEnumConverter))]
    public HealthStatus Status { get; init; }

    /// <summary>Failures in a row that count.</summary>
    public int FailingStreak { get; init; }

    /// <summary>The last results, oldest first. They outlive a restart.</summary>
    public List<HealthResult> Log { get; init; } = [];

    [JsonIgnore]
    public string StatusName => Status.ToString().ToLowerInvariant();

    /// <summary>The health of a container that has just been started.</summary>
    public static HealthState Begin(HealthState? before) => (before ?? new HealthState()) with { Status = HealthStatus.Starting, FailingStreak = 0 };

    /// <summary>The health of a container that is not looked at any more: unhealthy, as dockerd has it, until it is started again.</summary>
    public HealthState End() => this with { Status = HealthStatus.Unhealthy };

    /// <summary>The health after one more check. Failures count once the container has been healthy, or its start period is over.</summary>
    public HealthState After(HealthResult result, HealthCheck check, DateTimeOffset startedAt)
    {
        List<HealthResult> log = [.. Log.TakeLast(LogLength - 1), result];
        if (result.ExitCode == 0)
        {
            return new HealthState { Status = HealthStatus.Healthy, Log = log };
        }

        if (Status == HealthStatus.Starting && result.Start - startedAt < check.StartPeriod)
        {
            return this with { Log = log };
        }

        int streak = FailingStreak + 1;
        return new HealthState { Status = streak >= check.Retries ? HealthStatus.Unhealthy : Status, FailingStreak = streak, Log = log };
    }
}
