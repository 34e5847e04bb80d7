using System.Globalization;
using System.Text.Json.Nodes;
using Rtd.Client.Formatting;

namespace Rtd.Client.Containers;

/// <summary>--device-read-bps and its kind: a device's path and a rate; --blkio-weight-device: a path and a weight.</summary>
internal static class ThrottleFlag
{
    /// <exception cref="FormatException">No device path, or no positive rate.</exception>
    public static JsonObject Parse(string text, bool inBytes)
    {
        (string path, string rate) = Split(text);
        string example = inBytes ? "number[<unit>]. Number must be a positive integer. Unit is optional and can be kb, mb, or gb" : "number. Number must be a positive integer";
        return new JsonObject { ["Path"] = path, ["Rate"] = Rate(rate, inBytes) ?? throw new FormatException($"invalid rate for device: {text}. The correct format is <device-path>:<{example}") };
    }

    /// <exception cref="FormatException">No device path, or a weight out of 10 to 1000.</exception>
    public static JsonObject ParseWeight(string text)
    {
        (string path, string weight) = Split(text);
        return long.TryParse(weight, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value is 0 or (>= 10 and <= 1000)
            ? new JsonObject { ["Path"] = path, ["Weight"] = value }
            : throw new FormatException($"invalid weight for device: {text}");
    }

    private static (string Path, string Value) Split(string text)
    {
        int colon = text.IndexOf(':');
        if (colon < 0)
        {
            throw new FormatException($"bad format: {text}");
        }

        return text.StartsWith("/dev/", StringComparison.Ordinal) ? (text[..colon], text[(colon + 1)..]) : throw new FormatException($"bad format for device path: {text}");
    }

    private static long? Rate(string text, bool inBytes)
    {
        try
        {
            return inBytes ? HumanSize.ParseBinary(text) : long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is FormatException or OverflowException)
        {
            return null;
        }
    }
}
