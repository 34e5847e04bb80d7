using System.Globalization;

namespace Rtd.Daemon.Configuration;

/// <summary>Sizes as Docker's flags take them: 64m, 1G, 512KiB, 1.5g, 67108864; units are powers of 1024.</summary>
internal static class ByteSize
{
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        ReadOnlySpan<char> number = digits < 0 ? text : text.AsSpan(0, digits);
        string unit = digits < 0 ? "" : text[digits..].Trim().ToLowerInvariant();
        int power = unit switch
        {
            "" or "b" => 0,
            "k" or "kb" or "kib" => 1,
            "m" or "mb" or "mib" => 2,
            "g" or "gb" or "gib" => 3,
            "t" or "tb" or "tib" => 4,
            "p" or "pb" or "pib" => 5,
            _ => -1,
        };
        if (power < 0 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
        {
            return false;
        }

        long scale = 1L << (10 * power);
        if (value > long.MaxValue / scale)
        {
            return false;
        }

        bytes = (long)(value * scale);
        return true;
    }
}
