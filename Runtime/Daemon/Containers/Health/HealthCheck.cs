using Rtd.Daemon.Api.Models;

namespace Rtd.Daemon.Containers.Health;

/// <summary>A health check that is to be run, with dockerd's defaults filled in.</summary>
/// <param name="Command">What is run in the container; empty when the check names none.</param>
/// <param name="Interval">From the end of one check to the next.</param>
/// <param name="Timeout">A check that takes longer has failed and is killed.</param>
/// <param name="StartPeriod">For so long after the start of a container its failures do not count.</param>
/// <param name="StartInterval">The interval in the start period, while there has been no success.</param>
/// <param name="Retries">Failures in a row that make a container unhealthy.</param>
internal sealed record HealthCheck(IReadOnlyList<string> Command, TimeSpan Interval, TimeSpan Timeout, TimeSpan StartPeriod, TimeSpan StartInterval, int Retries)
{
    private const int DefaultRetries = 3;
    private const long NanosecondsPerMillisecond = 1_000_000;

    private static readonly TimeSpan s_defaultInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_defaultTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_defaultStartInterval = TimeSpan.FromSeconds(5);

    /// <summary>Timers end at 49 days.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(49);

    private static readonly string[] s_defaultShell = ["/bin/sh", "-c"];

    /// <summary>The check of a container, or null when it has none (NONE, or a kind that is unknown).</summary>
    public static HealthCheck? Of(ContainerConfig config) => config.Healthcheck is { Test: [var kind, .. var words] } settings && CommandOf(kind, words, config.Shell) is { } command
        ? new HealthCheck(
            command,
            Duration(settings.Interval, s_defaultInterval),
            Duration(settings.Timeout, s_defaultTimeout),
            Duration(settings.StartPeriod, TimeSpan.Zero),
            Duration(settings.StartInterval, s_defaultStartInterval),
            settings.Retries > 0 ? settings.Retries : DefaultRetries)
        : null;

    /// <summary>What is wrong with the settings, in Docker's words; null when nothing is.</summary>
    public static string? Refusal(HealthConfig settings)
    {
        foreach ((string name, long value) in new[] { (nameof(Interval), settings.Interval), (nameof(Timeout), settings.Timeout) })
        {
            if (TooShort(value))
            {
                return $"{name} in Healthcheck cannot be less than 1ms";
            }
        }

        if (settings.Retries < 0)
        {
            return "Retries in Healthcheck cannot be negative";
        }

        return TooShort(settings.StartPeriod) ? "StartPeriod in Healthcheck cannot be less than 1ms"
            : TooShort(settings.StartInterval) ? "StartInterval in Healthcheck cannot be less than 1ms"
            : null;
    }

    /// <summary>How long to wait for the next check.</summary>
    /// <param name="running">Since the container's start.</param>
    public TimeSpan NextInterval(HealthStatus status, TimeSpan running) =>
        running < StartPeriod && status == HealthStatus.Starting ? StartInterval : Interval;

    private static IReadOnlyList<string>? CommandOf(string kind, List<string> words, List<string>? shell) => kind switch
    {
        "CMD" => words,
        "CMD-SHELL" => [.. shell is { Count: > 0 } ? shell : s_defaultShell.AsEnumerable(), .. words],
        _ => null,
    };

    private static bool TooShort(long nanoseconds) => nanoseconds is not 0 and < NanosecondsPerMillisecond;

    private static TimeSpan Duration(long nanoseconds, TimeSpan absent)
    {
        TimeSpan duration = nanoseconds == 0 ? absent : TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return duration < s_longest ? duration : s_longest;
    }
}
