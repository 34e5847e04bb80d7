using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary>The ports that a word of EXPOSE means.</summary>
internal static class ExposedPorts
{
    /// <returns>Each as <c>port/protocol</c>.</returns>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static IEnumerable<string> Parse(string text)
    {
        string[] parts = text.Split('/');
        string protocol = parts.Length > 1 && parts[1].Length > 0 ? parts[1].ToLowerInvariant() : "tcp";
        string[] range = parts[0].Split('-');
        if (parts.Length > 2 || range.Length > 2 || protocol is not ("tcp" or "udp" or "sctp")
            || !ushort.TryParse(range[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(range[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || last < first)
        {
            throw EngineException.InvalidParameter($"invalid containerPort: {text}");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }
}
