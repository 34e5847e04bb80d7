using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Text;

/// <summary>Signal names as clients write them: SIGTERM, TERM, 15, RTMIN+3.</summary>
internal static class Signals
{
    /// <summary>The first and last real-time signal as the GNU C library gives them to programs.</summary>
    private const int RealTimeMinimum = 34, RealTimeMaximum = 64;

    private static readonly Dictionary<string, int> s_numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["ILL"] = 4,
        ["TRAP"] = 5,
        ["ABRT"] = 6,
        ["IOT"] = 6,
        ["BUS"] = 7,
        ["FPE"] = 8,
        ["KILL"] = 9,
        ["USR1"] = 10,
        ["SEGV"] = 11,
        ["USR2"] = 12,
        ["PIPE"] = 13,
        ["ALRM"] = 14,
        ["TERM"] = 15,
        ["STKFLT"] = 16,
        ["CHLD"] = 17,
        ["CLD"] = 17,
        ["CONT"] = 18,
        ["STOP"] = 19,
        ["TSTP"] = 20,
        ["TTIN"] = 21,
        ["TTOU"] = 22,
        ["URG"] = 23,
        ["XCPU"] = 24,
        ["XFSZ"] = 25,
        ["VTALRM"] = 26,
        ["PROF"] = 27,
        ["WINCH"] = 28,
        ["IO"] = 29,
        ["POLL"] = 29,
        ["PWR"] = 30,
        ["SYS"] = 31,
        ["UNUSED"] = 31,
        ["RTMIN"] = RealTimeMinimum,
        ["RTMAX"] = RealTimeMaximum,
    };

    /// <summary>The number of a signal; an invalid parameter error in Docker's words for anything else.</summary>
    public static int Parse(string text) =>
        TryParse(text, out int signal) ? signal : throw EngineException.InvalidParameter($"invalid signal: {text}");

    public static bool TryParse(string text, out int signal)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal is > 0 and <= RealTimeMaximum;
        }

        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        return s_numbers.TryGetValue(name, out signal) || TryParseRealTime(name, out signal);
    }

    private static bool TryParseRealTime(string name, out int signal)
    {
        signal = 0;
        if (name.Length <= 6 || !int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out int offset))
        {
            int sign = name.IndexOfAny(['+', '-']);
            if (sign != 5 || !int.TryParse(name.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out offset))
            {
                return false;
            }
        }

        signal = name[..6].ToUpperInvariant() switch
        {
            "RTMIN+" => RealTimeMinimum + offset,
            "RTMAX-" => RealTimeMaximum - offset,
            _ => 0,
        };
        return signal is >= RealTimeMinimum and <= RealTimeMaximum;
    }
}
