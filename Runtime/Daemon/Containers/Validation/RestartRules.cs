using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Checks a restart policy and says when it restarts.</summary>
internal static class RestartRules
{
    public const string No = "no", Always = "always", UnlessStopped = "unless-stopped", OnFailure = "on-failure";

    private static readonly TimeSpan s_firstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_goodRun = TimeSpan.FromSeconds(10);

    public static void Validate(RestartPolicy policy)
    {
        switch (policy.Name)
        {
            case "" or No or Always or UnlessStopped:
                if (policy.MaximumRetryCount != 0)
                {
                    string hint = policy.MaximumRetryCount < 0 ? " and cannot be negative" : "";
                    throw EngineException.InvalidParameter($"invalid restart policy: maximum retry count can only be used with 'on-failure'{hint}");
                }

                return;
            case OnFailure when policy.MaximumRetryCount < 0:
                throw EngineException.InvalidParameter("invalid restart policy: maximum retry count cannot be negative");
            case OnFailure:
                return;
            default:
                throw EngineException.InvalidParameter(
                    $"invalid restart policy: unknown policy '{policy.Name}'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        }
    }

    public static bool IsNone(RestartPolicy policy) => policy.Name is "" or No;

    /// <summary>Whether an exit is followed by a restart.</summary>
    /// <param name="stopped">A user stopped it, or the daemon is shutting down.</param>
    public static bool AfterExit(RestartPolicy policy, int exitCode, int restartCount, bool stopped) => !stopped && policy.Name switch
    {
        Always or UnlessStopped => true,
        OnFailure => exitCode != 0 && (policy.MaximumRetryCount == 0 || restartCount < policy.MaximumRetryCount),
        _ => false,
    };

    /// <summary>Whether a container that ran before is started with the daemon.</summary>
    public static bool AtBoot(RestartPolicy policy, int exitCode, int restartCount, bool stoppedByUser) =>
        policy.Name == Always || AfterExit(policy, exitCode, restartCount, stoppedByUser);

    /// <summary>The pause before the next restart: 100 ms, doubled each time up to a minute, anew after ten seconds of good life.</summary>
    /// <param name="last">The pause before the run that has just ended; zero for none.</param>
    public static TimeSpan NextDelay(TimeSpan last, TimeSpan lifetime)
    {
        if (last == TimeSpan.Zero || lifetime >= s_goodRun)
        {
            return s_firstDelay;
        }

        TimeSpan doubled = 2 * last;
        return doubled < s_longestDelay ? doubled : s_longestDelay;
    }
}
