using System.Globalization;
using System.Net;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary>
/// The ports that a word of EXPOSE means. As Docker reads it, an address and a port of the host may stand before them; they must be right and mean nothing.
/// </summary>
internal static class ExposedPorts
{
    /// <returns>Each as <c>port/protocol</c>.</returns>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static IEnumerable<string> Parse(string text)
    {
        (string address, string host, string container) = Split(text);
        string[] parts = container.Split('/');
        string protocol = parts.Length > 1 && parts[1].Length > 0 ? parts[1].ToLowerInvariant() : "tcp";
        if (address.Length > 0 && !IsAddress(address.Trim('[', ']')))
        {
            throw EngineException.InvalidParameter($"invalid IP address: {address}");
        }

        if (parts[0].Length == 0)
        {
            throw EngineException.InvalidParameter($"no port specified: {text}<empty>");
        }

        (int first, int last) = Range(parts[0]) ?? throw EngineException.InvalidParameter($"invalid containerPort: {parts[0]}");
        CheckHost(host, parts[0], last - first);
        return protocol is "tcp" or "udp" or "sctp"
            ? Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}")
            : throw EngineException.InvalidParameter($"invalid proto: {parts[1]}");
    }

    private static (string Address, string Host, string Container) Split(string text) => text.Split(':') switch
    {
        [var container] => ("", "", container),
        [var host, var container] => ("", host, container),
        [var address, var host, var container] => (address, host, container),
        [.. var address, var host, var container] => (string.Join(':', address), host, container),
        _ => ("", "", ""),
    };

    /// <summary>.NET takes 1.2 for an address.</summary>
    private static bool IsAddress(string text) => IPAddress.TryParse(text, out _) && (text.Contains(':') || text.Count(c => c == '.') == 3);

    private static void CheckHost(string host, string container, int more)
    {
        if (host.Length == 0)
        {
            return;
        }

        (int first, int last) = Range(host) ?? throw EngineException.InvalidParameter($"invalid hostPort: {host}");
        if (last - first != more && more != 0)
        {
            throw EngineException.InvalidParameter($"invalid ranges specified for container and host Ports: {container} and {host}");
        }
    }

    private static (int First, int Last)? Range(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length <= 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            && first <= last
                ? (first, last)
                : null;
    }
}
