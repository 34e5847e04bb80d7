using System.Globalization;
using System.Text;

namespace Rtd.Daemon.Containers.Text;

/// <summary>Durations as Go prints them: <c>1.5s</c>, <c>200ms</c>, <c>1m0s</c>, <c>1h0m5s</c>.</summary>
internal static class GoDuration
{
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return duration < TimeSpan.FromMilliseconds(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMicroseconds}µs")
                : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds}ms");
        }

        StringBuilder text = new();
        long hours = duration.Ticks / TimeSpan.TicksPerHour;
        long minutes = duration.Ticks / TimeSpan.TicksPerMinute % 60;
        decimal seconds = duration.Ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond;
        if (hours > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{hours}h");
        }

        if (hours > 0 || minutes > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{minutes}m");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{seconds:0.#######}s").ToString();
    }

    /// <summary>Such as <c>1m30s</c>, <c>500ms</c>, <c>1.5h</c>; the number 0 needs no unit.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        ReadOnlySpan<char> rest = text;
        double ticks = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            int next = digits < 0 ? -1 : rest[digits..].IndexOfAny("0123456789.");
            ReadOnlySpan<char> unit = digits < 0 ? "" : next < 0 ? rest[digits..] : rest[digits..(digits + next)];
            double scale = unit switch
            {
                "ns" => 0.01,
                "us" or "µs" => 10,
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => TimeSpan.TicksPerHour,
                _ => 0,
            };
            if (scale == 0 || digits == 0 || !double.TryParse(rest[..digits], System.Globalization.NumberStyles.AllowDecimalPoint, System.Globalization.CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            ticks += number * scale;
            rest = rest[(digits + unit.Length)..];
        }

        duration = ticks < TimeSpan.MaxValue.Ticks / 2 ? TimeSpan.FromTicks((long)ticks) : TimeSpan.MaxValue;
        return text.Length > 0;
    }
}
