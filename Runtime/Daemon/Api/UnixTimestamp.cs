using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>The API's times in queries: seconds since 1970, with a fraction of up to nine digits.</summary>
internal static class UnixTimestamp
{
    private const int NanosecondDigits = 9;

    /// <summary>The UTC time, or null when absent or empty. Throws invalid parameter that names the query.</summary>
    public static DateTime? Parse(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        int dot = text.IndexOf('.');
        ReadOnlySpan<char> whole = dot < 0 ? text : text.AsSpan(0, dot);
        string fraction = dot < 0 ? "" : text[(dot + 1)..];
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            || fraction.Length > NanosecondDigits
            || fraction.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0
            || seconds is < -62135596800 or > 253402300799)
        {
            throw EngineException.InvalidParameter($"invalid value \"{text}\" for {name}: must be seconds since 1970, such as 1136073600.000000001");
        }

        long nanoseconds = fraction.Length == 0 ? 0 : long.Parse(fraction.PadRight(NanosecondDigits, '0'), CultureInfo.InvariantCulture);
        return DateTime.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }
}
