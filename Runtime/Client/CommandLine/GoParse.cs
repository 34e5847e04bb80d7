using System.Globalization;

namespace Rtd.Client.CommandLine;

/// <summary>Booleans and whole numbers as Go's strconv takes them, with its words for what is wrong.</summary>
internal static class GoParse
{
    public static bool Bool(string value) => value switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new FormatException($"strconv.ParseBool: parsing {GoQuote.Quote(value)}: invalid syntax"),
    };

    /// <summary>Decimal, or with a 0x, 0o, 0b or 0 prefix.</summary>
    public static long Int(string value)
    {
        bool negative = value.StartsWith('-');
        ReadOnlySpan<char> digits = value.AsSpan(negative || value.StartsWith('+') ? 1 : 0);
        if (!TryDigits(digits, out UInt128 magnitude))
        {
            throw new FormatException($"strconv.ParseInt: parsing {GoQuote.Quote(value)}: invalid syntax");
        }

        UInt128 most = negative ? (UInt128)long.MaxValue + 1 : (UInt128)long.MaxValue;
        return magnitude <= most
            ? negative ? (long)-(Int128)magnitude : (long)magnitude
            : throw new FormatException($"strconv.ParseInt: parsing {GoQuote.Quote(value)}: value out of range");
    }

    public static long UInt16(string value)
    {
        if (!TryDigits(value, out UInt128 magnitude))
        {
            throw new FormatException($"strconv.ParseUint: parsing {GoQuote.Quote(value)}: invalid syntax");
        }

        return magnitude <= ushort.MaxValue
            ? (long)magnitude
            : throw new FormatException($"strconv.ParseUint: parsing {GoQuote.Quote(value)}: value out of range");
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out UInt128 number)
    {
        (int radix, int skip) = text switch
        {
            ['0', 'x' or 'X', ..] => (16, 2),
            ['0', 'b' or 'B', ..] => (2, 2),
            ['0', 'o' or 'O', ..] => (8, 2),
            ['0', _, ..] => (8, 1),
            _ => (10, 0),
        };
        number = 0;
        ReadOnlySpan<char> digits = text[skip..];
        foreach (char letter in digits)
        {
            int digit = char.IsAsciiHexDigit(letter) ? Convert.ToInt32(letter.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return false;
            }

            // Saturates: anything beyond 64 bits is out of range for every caller.
            number = number > ulong.MaxValue ? number : (number * (UInt128)radix) + (UInt128)digit;
        }

        return !digits.IsEmpty;
    }
}
