using System.Globalization;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Formatting;

/// <summary>Durations in Go's notation: "1h2m3.5s", "300ms".</summary>
internal static class GoDuration
{
    /// <summary>Nanoseconds.</summary>
    /// <exception cref="FormatException">It is not a duration; the message is Go's.</exception>
    public static long Parse(string text)
    {
        ReadOnlySpan<char> rest = text;
        bool negative = rest.StartsWith("-");
        if (negative || rest.StartsWith("+"))
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return 0;
        }

        decimal total = 0;
        if (rest.IsEmpty)
        {
            throw Invalid(text);
        }

        while (!rest.IsEmpty)
        {
            total += ReadTerm(text, ref rest);
        }

        return total > long.MaxValue ? throw Invalid(text) : (long)(negative ? -total : total);
    }

    private static decimal ReadTerm(string text, ref ReadOnlySpan<char> rest)
    {
        int digits = rest.IndexOfAnyExcept("0123456789.");
        digits = digits < 0 ? rest.Length : digits;
        if (!decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            throw Invalid(text);
        }

        rest = rest[digits..];
        int letters = rest.IndexOfAny("0123456789.");
        letters = letters < 0 ? rest.Length : letters;
        if (letters == 0)
        {
            throw new FormatException($"time: missing unit in duration {GoQuote.Quote(text)}");
        }

        string unit = rest[..letters].ToString();
        rest = rest[letters..];
        return number * Nanoseconds(unit, text);
    }

    private static decimal Nanoseconds(string unit, string text) => unit switch
    {
        "ns" => 1m,
        "us" or "µs" or "μs" => 1_000m,
        "ms" => 1_000_000m,
        "s" => 1_000_000_000m,
        "m" => 60_000_000_000m,
        "h" => 3_600_000_000_000m,
        _ => throw new FormatException($"time: unknown unit {GoQuote.Quote(unit)} in duration {GoQuote.Quote(text)}"),
    };

    private static FormatException Invalid(string text) => new($"time: invalid duration {GoQuote.Quote(text)}");
}
