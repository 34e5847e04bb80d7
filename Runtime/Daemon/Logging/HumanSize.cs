using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Logging;

/// <summary>Sizes as log options have them: decimal units, "10m" is ten million.</summary>
internal static class HumanSize
{
    private const string Units = "kmgtp";

    /// <summary>Bytes of <c>NUMBER[ ][kmgtp][i][b]</c> in any case. Throws in Docker's words.</summary>
    public static long Parse(string text)
    {
        ReadOnlySpan<char> rest = text.AsSpan();
        int digits = rest.IndexOfAnyExcept("0123456789.");
        ReadOnlySpan<char> number = digits < 0 ? rest : rest[..digits];
        string unit = digits < 0 ? "" : rest[digits..].ToString().ToLowerInvariant();
        unit = unit.StartsWith(' ') ? unit[1..] : unit;

        double scale = 1;
        int power = unit.Length > 0 ? Units.IndexOf(unit[0]) : -1;
        if (power >= 0)
        {
            scale = Math.Pow(1000, power + 1);
            unit = unit[1..];
        }

        bool known = unit is "" or "b" or "i" or "ib";
        if (!known || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) || value * scale > long.MaxValue / 2)
        {
            throw EngineException.InvalidParameter($"invalid size: '{text}'");
        }

        return (long)(value * scale);
    }
}
