using System.Buffers;
using System.Globalization;
using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Text;

/// <summary>Times in the forms of the API.</summary>
internal static class Timestamps
{
    /// <summary>RFC 3339 without fractions, as Docker tells when a volume was made.</summary>
    public static string FormatSeconds(DateTimeOffset time) => Format(time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond)));

    /// <summary>RFC 3339 with as many digits as needed, in UTC; Go's zero time for never.</summary>
    public static string Format(DateTimeOffset? time) => GoTimeConverter.Print(time?.UtcDateTime ?? default);

    /// <summary>RFC 3339 with nine digits, as <c>logs --timestamps</c> prints it, so that columns stay aligned.</summary>
    public static void WriteFixed(IBufferWriter<byte> output, DateTimeOffset time)
    {
        const int Length = 30;
        time.UtcDateTime.TryFormat(output.GetSpan(Length), out int written, "yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>A time of a log query; absent, "" and the API's default of 0 are null.</summary>
    public static DateTimeOffset? ParseQuery(string name, string? text) =>
        UnixTimestamp.Parse(name, text == "0" ? null : text) is { } time ? new DateTimeOffset(time, TimeSpan.Zero) : null;

    /// <summary>A filter value: seconds since 1970, RFC 3339, or a Go duration (10m, 1h30m) back from now.</summary>
    public static DateTimeOffset ParseFilter(string text, DateTimeOffset now)
    {
        if (TryParse(text, out DateTimeOffset time))
        {
            return time;
        }

        return TryParseDuration(text, out TimeSpan duration) ? now - duration : throw EngineException.InvalidParameter($"failed to parse value as time or duration: \"{text}\"");
    }

    private static bool TryParse(string text, out DateTimeOffset time)
    {
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds is > -62_000_000_000m and < 253_000_000_000m)
        {
            time = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
            return true;
        }

        return DateTimeOffset.TryParse(CutFraction(text), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time)
            && text.Contains('-');
    }

    /// <summary>Go writes nine digits where .NET reads seven.</summary>
    private static string CutFraction(string text)
    {
        const int Digits = 7;
        int dot = text.IndexOf('.');
        int end = dot + 1;
        while (dot >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return dot >= 0 && end - dot - 1 > Digits ? text.Remove(dot + 1 + Digits, end - dot - 1 - Digits) : text;
    }

    /// <summary>Parses a Go duration such as 1h30m or 250ms.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAny("0123456789.");
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            double seconds = unit switch { "h" => 3600, "m" => 60, "s" => 1, "ms" => 1e-3, "us" or "µs" => 1e-6, "ns" => 1e-9, _ => -1 };
            if (seconds < 0 || number * seconds > 1e10)
            {
                return false;
            }

            duration += TimeSpan.FromSeconds(number * seconds);
            rest = rest[unit.Length..];
        }

        return text.Length > 0;
    }
}
