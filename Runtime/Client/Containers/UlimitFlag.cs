using System.Globalization;
using System.Text.Json.Nodes;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>--ulimit: name=soft[:hard].</summary>
internal static class UlimitFlag
{
    private static readonly string[] s_names =
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    ];

    /// <exception cref="FormatException">The name is unknown or the limits are not numbers in order.</exception>
    public static JsonObject Parse(string text)
    {
        int equals = text.IndexOf('=');
        if (equals < 0)
        {
            throw new FormatException($"invalid ulimit argument: {text}");
        }

        string name = text[..equals];
        if (!s_names.Contains(name))
        {
            throw new FormatException($"invalid ulimit type: {name}");
        }

        string[] limits = text[(equals + 1)..].Split(':');
        if (limits.Length > 2)
        {
            throw new FormatException($"too many limit values - {text[(equals + 1)..]}, can only have two - soft[:hard]");
        }

        long soft = Limit(limits[0]);
        long hard = limits.Length == 2 ? Limit(limits[1]) : soft;
        if (hard >= 0 && (soft > hard || soft == -1))
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"ulimit soft limit must be less than or equal to hard limit: {(soft == -1 ? "soft: -1 (unlimited), hard: " + hard : soft + " > " + hard)}"));
        }

        return new JsonObject { ["Name"] = name, ["Soft"] = soft, ["Hard"] = hard };
    }

    private static long Limit(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long limit) ? limit : throw new FormatException($"strconv.ParseInt: parsing {GoQuote.Quote(text)}: invalid syntax");
}
