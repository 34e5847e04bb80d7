using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Rtd.Client.CommandLine;
using Rtd.Protocol.Text;

namespace Rtd.Client.Containers;

/// <summary>-p and --expose: ports and ranges of ports, with what they are published as.</summary>
internal sealed class PortFlag
{
    private PortFlag(string port, string? hostIp, string? hostPort)
    {
        Port = port;
        HostIp = hostIp;
        HostPort = hostPort;
    }

    /// <summary>The container's port with its protocol: "80/tcp".</summary>
    public string Port { get; }

    public string? HostIp { get; }

    /// <summary>The host's port or range; empty for any free one, null when not published.</summary>
    public string? HostPort { get; }

    /// <summary>Reads [ip:][host]:container[/proto], ranges included, or the pairs target=, published=, protocol=.</summary>
    /// <exception cref="ClientException">The text is no port; the message is docker's.</exception>
    public static List<PortFlag> Parse(string text)
    {
        string spec = text.Contains('=') ? FromPairs(text) : text;
        (string address, string host, string container) = Split(spec);
        int slash = container.IndexOf('/');
        string protocol = slash < 0 ? "tcp" : container[(slash + 1)..].ToLowerInvariant();
        string portText = slash < 0 ? container : container[..slash];
        if (portText.Length == 0)
        {
            throw new ClientException($"no port specified: {spec}<empty>");
        }

        string ip = CheckAddress(address);
        (int first, int last) = Range(portText) ?? throw new ClientException($"invalid containerPort: {portText}");
        (int hostFirst, int hostLast) = host.Length == 0 ? (0, 0) : Range(host) ?? throw new ClientException($"invalid hostPort: {host}");
        CheckProtocol(protocol);
        bool isSpread = host.Length > 0 && last - first != hostLast - hostFirst;
        if (isSpread && first != last)
        {
            throw new ClientException($"invalid ranges specified for container and host Ports: {portText} and {host}");
        }

        List<PortFlag> ports = [];
        for (int port = first; port <= last; port++)
        {
            string hostPort = host.Length == 0 ? "" : isSpread ? host : Text(hostFirst + port - first);
            ports.Add(new PortFlag($"{Text(port)}/{protocol}", ip, hostPort));
        }

        return ports;
    }

    /// <summary>Ports to expose without publishing them.</summary>
    /// <exception cref="ClientException">The text is no port or range.</exception>
    public static IEnumerable<string> ParseExposed(string text)
    {
        if (text.Contains(':'))
        {
            throw new ClientException($"invalid port format for --expose: {text}");
        }

        int slash = text.IndexOf('/');
        string protocol = slash < 0 ? "tcp" : text[(slash + 1)..].ToLowerInvariant();
        string range = slash < 0 ? text : text[..slash];
        (int first, int last) = Range(range) ?? throw new ClientException($"invalid range format for --expose: {range}, error: {Reason(range)}");
        CheckProtocol(protocol);
        return Enumerable.Range(first, last - first + 1).Select(port => $"{Text(port)}/{protocol}");
    }

    /// <summary>Published ports grouped by the container's port, as the API takes them.</summary>
    public static JsonObject Bindings(IEnumerable<PortFlag> ports)
    {
        JsonObject bindings = [];
        foreach (PortFlag port in ports)
        {
            if (bindings[port.Port] is not JsonArray list)
            {
                bindings[port.Port] = list = [];
            }

            list.Add((JsonNode)new JsonObject { ["HostIp"] = port.HostIp, ["HostPort"] = port.HostPort });
        }

        return bindings;
    }

    private static (string Address, string Host, string Container) Split(string spec)
    {
        int last = spec.LastIndexOf(':');
        if (last < 0)
        {
            return ("", "", spec);
        }

        string container = spec[(last + 1)..];
        string rest = spec[..last];
        int middle = rest.EndsWith(']') ? -1 : rest.LastIndexOf(':');
        return middle < 0
            ? rest.EndsWith(']') ? (rest, "", container) : ("", rest, container)
            : (rest[..middle], rest[(middle + 1)..], container);
    }

    private static string CheckAddress(string address)
    {
        string bare = address.StartsWith('[') && address.EndsWith(']') ? address[1..^1] : address;
        return bare.Length == 0 || IPAddress.TryParse(bare, out _) ? bare : throw new ClientException($"invalid IP address: {bare}");
    }

    private static void CheckProtocol(string protocol)
    {
        if (protocol is not ("tcp" or "udp" or "sctp"))
        {
            throw new ClientException($"invalid proto: {protocol}");
        }
    }

    private static (int First, int Last)? Range(string text)
    {
        string[] ends = text.Split('-');
        return ends.Length <= 2 && TryPort(ends[0], out int first) && TryPort(ends[^1], out int last) && first <= last ? (first, last) : null;
    }

    private static string Reason(string range)
    {
        string[] ends = range.Split('-');
        string? bad = Array.Find(ends, end => !TryPort(end, out _));
        return bad is null ? "invalid range specified for port: " + range : $"strconv.ParseUint: parsing {GoQuote.Quote(bad)}: {(bad.Length > 0 && bad.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax")}";
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535;

    private static string FromPairs(string text)
    {
        string target = "", published = "", protocol = "tcp";
        foreach (string field in Csv.Split(text))
        {
            int equals = field.IndexOf('=');
            if (equals < 0)
            {
                throw new ClientException($"invalid port format: {text}");
            }

            string value = field[(equals + 1)..];
            switch (field[..equals])
            {
                case "target":
                    target = value;
                    break;
                case "published":
                    published = value;
                    break;
                case "protocol":
                    protocol = value;
                    break;
                case "mode":
                    break;
                default:
                    throw new ClientException($"invalid port format: {text}");
            }
        }

        return $"{(published.Length > 0 ? published + ":" : "")}{target}/{protocol}";
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
