using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Images.Changes;

/// <summary><c>HEALTHCHECK [--interval=…] … CMD …</c> and <c>HEALTHCHECK NONE</c>.</summary>
internal static class HealthcheckInstruction
{
    /// <param name="exec">Takes the JSON form of a command apart; null for any other text.</param>
    public static HealthConfig Parse(string arguments, Func<string, List<string>?> exec)
    {
        HealthConfig health = new();
        string rest = arguments;
        while (rest.StartsWith("--", StringComparison.Ordinal))
        {
            (string flag, rest) = TakeWord(rest);
            Set(health, flag);
        }

        (string kind, string command) = TakeWord(rest);
        switch (kind.ToUpperInvariant())
        {
            case "NONE" when command.Length == 0:
                health.Test = ["NONE"];
                break;
            case "NONE":
                throw EngineException.InvalidParameter("HEALTHCHECK NONE takes no arguments");
            case "CMD" when command.Length == 0 || exec(command) is { Count: 0 }:
                throw EngineException.InvalidParameter("Missing command after HEALTHCHECK CMD");
            case "CMD":
                health.Test = exec(command) is { } words ? ["CMD", .. words] : ["CMD-SHELL", command];
                break;
            default:
                throw EngineException.InvalidParameter($"Unknown type \"{kind}\" in HEALTHCHECK (try CMD)");
        }

        return health;
    }

    private static (string Word, string Remainder) TakeWord(string text)
    {
        int blank = text.AsSpan().IndexOfAny(' ', '\t');
        return blank < 0 ? (text, "") : (text[..blank], text[blank..].TrimStart());
    }

    private static void Set(HealthConfig health, string flag)
    {
        string[] parts = flag.Split('=', 2);
        string value = parts.Length > 1 ? parts[1] : "";
        switch (parts[0])
        {
            case "--interval":
                health.Interval = Duration(flag, value);
                break;
            case "--timeout":
                health.Timeout = Duration(flag, value);
                break;
            case "--start-period":
                health.StartPeriod = Duration(flag, value);
                break;
            case "--start-interval":
                health.StartInterval = Duration(flag, value);
                break;
            case "--retries":
                health.Retries = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int retries) && retries > 0
                    ? retries
                    : throw EngineException.InvalidParameter($"--retries must be at least 1 (not {value})");
                break;
            default:
                throw EngineException.InvalidParameter($"unknown flag: {parts[0]}");
        }
    }

    /// <summary>Nanoseconds.</summary>
    private static long Duration(string flag, string text) => Timestamps.TryParseDuration(text, out TimeSpan duration) && duration >= TimeSpan.FromMilliseconds(1)
        ? (long)duration.TotalNanoseconds
        : throw EngineException.InvalidParameter($"Interval {flag} cannot be less than 1ms");
}
