using System.Globalization;
using Rtd.Client.Terminal;

namespace Rtd.Client.Formatting;

/// <summary>Moments as docker's client prints and reads them.</summary>
internal static class GoTime
{
    /// <summary>Go's default text of a moment in the local zone: "2006-01-02 15:04:05.999 +0100 CET".</summary>
    public static string Local(DateTimeOffset moment)
    {
        (int offset, string zone) = Libc.local_zone(moment.ToUnixTimeSeconds());
        return Text(moment.ToOffset(TimeSpan.FromSeconds(offset / 60 * 60)), zone);
    }

    /// <summary>Go's default text of a moment in UTC.</summary>
    public static string Utc(DateTimeOffset moment, long nanoseconds = -1) => Text(moment.ToUniversalTime(), "UTC", nanoseconds);

    /// <summary>RFC 3339 in the local zone, whole seconds.</summary>
    public static string LocalRfc3339(DateTimeOffset moment)
    {
        (int offset, _) = Libc.local_zone(moment.ToUnixTimeSeconds());
        DateTimeOffset local = moment.ToOffset(TimeSpan.FromSeconds(offset / 60 * 60));
        return local.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + (offset == 0 ? "Z" : Offset(local.Offset, ":"));
    }

    /// <summary>RFC 3339 in the local zone with all nine digits of the nanoseconds, as events are shown.</summary>
    public static string LocalNano(long nanoseconds)
    {
        long seconds = Math.DivRem(nanoseconds, 1_000_000_000, out long rest);
        (int offset, _) = Libc.local_zone(seconds);
        DateTimeOffset local = DateTimeOffset.FromUnixTimeSeconds(seconds).ToOffset(TimeSpan.FromSeconds(offset / 60 * 60));
        string zone = offset == 0 ? "Z" : Offset(local.Offset, ":");
        return local.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + "." + rest.ToString("000000000", CultureInfo.InvariantCulture) + zone;
    }

    /// <summary>A moment from the daemon's JSON (RFC 3339 with up to nine digits), or null.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        string trimmed = TrimFraction(text);
        return DateTimeOffset.TryParse(trimmed, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment) ? moment : null;
    }

    /// <summary>Go's default text of a moment given in RFC 3339, in that moment's own zone and to the nanosecond; text of another form stays as it is.</summary>
    public static string FromRfc3339(string text)
    {
        if (Parse(text) is not { } moment)
        {
            return text;
        }

        int dot = text.IndexOf('.');
        string digits = dot < 0 ? "" : new string([.. text.Skip(dot + 1).TakeWhile(char.IsAsciiDigit)]).PadRight(9, '0')[..9];
        string zone = moment.Offset == TimeSpan.Zero ? "UTC" : Offset(moment.Offset, "");
        return Text(moment, zone, digits.Length == 0 ? 0 : long.Parse(digits, CultureInfo.InvariantCulture));
    }

    /// <summary>What the user gave for --since or --until, as the API takes it: seconds with a fraction. Spans count back from now.</summary>
    /// <exception cref="ClientException">It is neither a moment nor a span.</exception>
    public static string ToApiTimestamp(string text, DateTimeOffset now)
    {
        if (text.Length == 0)
        {
            return text;
        }

        if (TrySpan(text, out long nanoseconds))
        {
            return Seconds((((Int128)now.Ticks - DateTimeOffset.UnixEpoch.Ticks) * 100) - nanoseconds);
        }

        if (IsUnixTime(text))
        {
            return text;
        }

        return ParseUser(text) is { } moment
            ? Seconds(((Int128)moment.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100)
            : throw new ClientException($"failed to parse value as time or duration: \"{text}\"");
    }

    private static string Text(DateTimeOffset moment, string zone, long nanoseconds = -1)
    {
        long fraction = nanoseconds >= 0 ? nanoseconds : moment.Ticks % TimeSpan.TicksPerSecond * 100;
        string digits = fraction == 0 ? "" : "." + fraction.ToString("000000000", CultureInfo.InvariantCulture).TrimEnd('0');
        return moment.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + digits + " " + Offset(moment.Offset, "") + " " + zone;
    }

    private static string Offset(TimeSpan offset, string separator)
    {
        string sign = offset < TimeSpan.Zero ? "-" : "+";
        return sign + offset.ToString("hh", CultureInfo.InvariantCulture) + separator + offset.ToString("mm", CultureInfo.InvariantCulture);
    }

    private static bool TrySpan(string text, out long nanoseconds)
    {
        try
        {
            nanoseconds = GoDuration.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            nanoseconds = 0;
            return false;
        }
    }

    private static bool IsUnixTime(string text)
    {
        int dot = text.IndexOf('.');
        ReadOnlySpan<char> whole = dot < 0 ? text : text.AsSpan(0, dot);
        return !whole.IsEmpty && !whole.ContainsAnyExceptInRange('0', '9') && (dot < 0 || !text.AsSpan(dot + 1).ContainsAnyExceptInRange('0', '9'));
    }

    private static DateTimeOffset? ParseUser(string text)
    {
        string trimmed = TrimFraction(text);
        string[] zoned = ["yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddK"];
        bool hasZone = text.EndsWith('Z') || (text.Length > 6 && text[^6] is '+' or '-' && text[^3] == ':');
        if (!DateTime.TryParseExact(trimmed, zoned, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out DateTime moment))
        {
            return null;
        }

        DateTimeOffset utc = new(moment, TimeSpan.Zero);
        return hasZone ? utc : utc.AddSeconds(-Libc.local_zone(utc.ToUnixTimeSeconds()).Offset);
    }

    private static string Seconds(Int128 nanoseconds)
    {
        Int128 seconds = nanoseconds / 1_000_000_000;
        return seconds.ToString(CultureInfo.InvariantCulture) + "." + (nanoseconds % 1_000_000_000).ToString("000000000", CultureInfo.InvariantCulture);
    }

    /// <summary>Cuts a fraction of a second to the seven digits that .NET holds.</summary>
    private static string TrimFraction(string text)
    {
        int dot = text.IndexOf('.');
        if (dot < 0)
        {
            return text;
        }

        int end = dot + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - dot - 1 > 7 ? text[..(dot + 8)] + text[end..] : text;
    }
}
