namespace Rtd.Client.Formatting;

internal static class Ellipsis
{
    /// <summary>At most so many characters, the last of them "…" when something was cut.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : most <= 1 ? text[..most] : text[..(most - 1)] + "…";

    /// <summary>An id without its algorithm, in the 12 digits docker shows.</summary>
    public static string ShortId(string id)
    {
        string digits = id[(id.IndexOf(':') + 1)..];
        return digits.Length > 12 ? digits[..12] : digits;
    }
}
