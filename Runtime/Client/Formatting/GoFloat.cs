using System.Globalization;

namespace Rtd.Client.Formatting;

/// <summary>Floating-point numbers as Go's fmt prints them.</summary>
internal static class GoFloat
{
    /// <summary>%.{digits}g: so many significant digits, an exponent when the number needs more before the point.</summary>
    public static string General(double value, int digits)
    {
        if (value == 0)
        {
            return "0";
        }

        string scientific = value.ToString("e" + (digits - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int split = scientific.IndexOf('e');
        int exponent = int.Parse(scientific.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= digits)
        {
            return TrimZeros(scientific[..split]) + Exponent(exponent);
        }

        return TrimZeros(value.ToString("F" + Math.Max(0, digits - 1 - exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    /// <summary>%v: the shortest text that reads back as the same number, with an exponent from 1e21 on.</summary>
    public static string Shortest(double value)
    {
        if (double.IsNaN(value) || double.IsInfinity(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int split = text.IndexOf('E');
        if (split < 0)
        {
            return Math.Abs(value) is < 1e21 and >= 1e-4 || value == 0 ? text : Scientific(value);
        }

        int exponent = int.Parse(text.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is < 21 and >= -4 ? value.ToString("0.#################", CultureInfo.InvariantCulture) : text[..split] + Exponent(exponent);
    }

    private static string Scientific(double value)
    {
        string text = value.ToString("e16", CultureInfo.InvariantCulture);
        int split = text.IndexOf('e');
        return TrimZeros(text[..split]) + Exponent(int.Parse(text.AsSpan(split + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
    }

    private static string Exponent(int exponent) =>
        (exponent < 0 ? "e-" : "e+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);

    private static string TrimZeros(string number) => number.Contains('.') ? number.TrimEnd('0').TrimEnd('.') : number;
}
