using System.Globalization;

namespace Rtd.Client.Formatting;

internal static class CpuCount
{
    /// <summary>Billionths of a CPU from a decimal number or a fraction ("1.5", "3/2").</summary>
    /// <exception cref="FormatException">It is neither, or finer than a billionth.</exception>
    public static long Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 2 || !TryNumber(parts[0], out decimal count) || (parts.Length == 2 && !TryNumber(parts[1], out _)))
        {
            throw new FormatException($"failed to parse {text} as a rational number");
        }

        decimal divisor = parts.Length == 2 && TryNumber(parts[1], out decimal below) ? below : 1;
        decimal nano = divisor == 0 ? throw new FormatException($"failed to parse {text} as a rational number") : count * 1_000_000_000m / divisor;
        return nano == decimal.Truncate(nano) ? (long)nano : throw new FormatException("value is too precise");
    }

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
}
