using System.Globalization;
using System.Net;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Validation;

/// <summary>Port specifications: <c>80/tcp</c> inside, an address and a port or range outside.</summary>
internal static class PortSpecs
{
    /// <summary>Parses <c>PORT[/PROTOCOL]</c>.</summary>
    public static (int Port, string Protocol) ParseContainerPort(string text)
    {
        int slash = text.IndexOf('/');
        string protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw EngineException.InvalidParameter($"invalid port specification: \"{text}\": invalid protocol: {protocol}");
        }

        int port = ParsePort(slash < 0 ? text : text[..slash]) ?? throw EngineException.InvalidParameter($"invalid port specification: \"{text}\"");
        return port > 0 ? (port, protocol) : throw EngineException.InvalidParameter($"invalid port specification: \"{text}\"");
    }

    /// <summary>Ports to publish, from PortBindings and, with publish-all, from the exposed ports that have none.</summary>
    public static IReadOnlyList<PortRequest> Bindings(HostConfig hostConfig, ContainerConfig config)
    {
        List<PortRequest> bindings = [];
        foreach ((string key, List<HostPort>? hosts) in hostConfig.PortBindings ?? [])
        {
            (int port, string protocol) = ParseContainerPort(key);
            bindings.AddRange((hosts ?? []).Select(host => Parse(port, protocol, host)));
        }

        if (hostConfig.PublishAllPorts)
        {
            IEnumerable<(int Port, string Protocol)> exposed = (config.ExposedPorts ?? []).Keys.Select(ParseContainerPort);
            bindings.AddRange(exposed.Where(port => !bindings.Exists(known => (known.ContainerPort, known.Protocol) == port))
                .Select(port => new PortRequest(port.Protocol, port.Port, null, 0, 0)).ToList());
        }

        return bindings;
    }

    /// <summary>Whether a filter such as <c>80</c>, <c>80/udp</c> or <c>80-90/tcp</c> names the port.</summary>
    public static bool Matches(string filter, int port, string protocol)
    {
        string[] parts = filter.Split('/', 2);
        if (ParseRange(parts[0]) is not var (first, last) || first == 0)
        {
            throw EngineException.InvalidParameter($"invalid port specification: \"{filter}\"");
        }

        return first <= port && port <= last && protocol == (parts.Length > 1 ? parts[1] : "tcp");
    }

    private static PortRequest Parse(int port, string protocol, HostPort host)
    {
        IPAddress? address = null;
        if (host.HostIp.Length > 0 && !IPAddress.TryParse(host.HostIp, out address))
        {
            throw EngineException.InvalidParameter($"invalid IP address: {host.HostIp}");
        }

        (int first, int last) = ParseRange(host.Port) ?? throw EngineException.InvalidParameter($"invalid port specification: \"{host.Port}\"");
        return new PortRequest(protocol, port, address, first, last);
    }

    /// <summary>A port, <c>FIRST-LAST</c>, or "" for any (0); null when malformed.</summary>
    private static (int First, int Last)? ParseRange(string text)
    {
        if (text.Length == 0)
        {
            return (0, 0);
        }

        int dash = text.IndexOf('-');
        int? first = ParsePort(dash < 0 ? text : text[..dash]);
        int? last = dash < 0 ? first : ParsePort(text[(dash + 1)..]);
        return first is { } low && last is { } high && low <= high ? (low, high) : null;
    }

    private static int? ParsePort(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port : null;
}
