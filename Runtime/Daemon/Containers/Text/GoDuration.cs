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
}
