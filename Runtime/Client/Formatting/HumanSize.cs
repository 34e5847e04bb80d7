using System.Globalization;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Formatting;

/// <summary>Sizes as docker prints and reads them: decimal units for what is shown, binary ones for limits.</summary>
internal static class HumanSize
{
    private static readonly string[] s_decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    private static readonly string[] s_binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

    /// <summary>Decimal units with so many significant digits: 3 in lists of images and containers, 4 elsewhere.</summary>
    public static string Decimal(double bytes, int digits = 4) => Scale(bytes, 1000, s_decimalUnits, digits);

    /// <summary>Binary units with four significant digits ("23.54GiB").</summary>
    public static string Binary(double bytes) => Scale(bytes, 1024, s_binaryUnits, 4);

    /// <summary>Reads "64m", "1.5 GiB", "512": units count in 1024s.</summary>
    /// <exception cref="FormatException">It is not a size.</exception>
    public static long ParseBinary(string text)
    {
        int last = text.LastIndexOfAny("0123456789. ".ToCharArray());
        if (last < 0)
        {
            throw Invalid(text);
        }

        string number = text[..(text[last] == ' ' ? last : last + 1)];
        string unit = text[(last + 1)..].ToLowerInvariant();
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
        {
            throw new FormatException($"strconv.ParseFloat: parsing {GoQuote.Quote(number)}: invalid syntax");
        }

        return value < 0 ? throw Invalid(text) : (long)(value * Multiplier(unit, text));
    }

    private static double Multiplier(string unit, string text)
    {
        if (unit is "" or "b")
        {
            return 1;
        }

        int power = "kmgtp".IndexOf(unit[0], StringComparison.Ordinal) + 1;
        return power > 0 && unit[1..] is "" or "b" or "ib" && power > 0 ? Math.Pow(1024, power) : throw Invalid(text);
    }

    private static FormatException Invalid(string text) => new($"invalid size: '{text}'");

    private static string Scale(double size, double step, string[] units, int digits)
    {
        int unit = 0;
        while (size >= step && unit < units.Length - 1)
        {
            size /= step;
            unit++;
        }

        return GoFloat.General(size, digits) + units[unit];
    }
}
