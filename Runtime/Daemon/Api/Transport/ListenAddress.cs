using System.Globalization;
using System.Net;
using System.Text;

namespace Rtd.Daemon.Api.Transport;

/// <summary>A parsed <c>--host</c>: <c>unix://PATH</c>, <c>tcp://HOST:PORT</c> or <c>fd://[NUMBER]</c>.</summary>
/// <param name="Scheme">unix, tcp or fd.</param>
/// <param name="Path">The socket's path (unix).</param>
/// <param name="EndPoint">Where to listen (tcp).</param>
/// <param name="Fd">One inherited fd, or null for all of them (fd).</param>
internal sealed record ListenAddress(string Scheme, string? Path = null, IPEndPoint? EndPoint = null, int? Fd = null)
{
    public const string DefaultPath = "/run/rtd.sock";

    /// <summary>sockaddr_un holds 108 bytes, the last a NUL.</summary>
    private const int MaxPathBytes = 107;

    /// <summary>Docker's plain port, and the one for TLS.</summary>
    private const int DefaultPort = 2375, DefaultTlsPort = 2376;

    public bool IsLoopback => EndPoint is null || IPAddress.IsLoopback(EndPoint.Address);

    /// <summary>Parses one value of <c>--host</c>. Throws <see cref="FormatException"/> that names the value.</summary>
    /// <param name="tls">TCP without a port means the port for TLS.</param>
    public static ListenAddress Parse(string text, bool tls = false)
    {
        string trimmed = text.Trim();
        int separator = trimmed.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? "tcp" : trimmed[..separator];
        string rest = separator < 0 ? trimmed : trimmed[(separator + 3)..];
        return scheme switch
        {
            "unix" => Unix(rest),
            "tcp" => new ListenAddress("tcp", EndPoint: Tcp(text, rest, tls ? DefaultTlsPort : DefaultPort)),
            "fd" => new ListenAddress("fd", Fd: InheritedFd(text, rest)),
            _ => throw new FormatException($"invalid protocol format: \"{scheme}\" in \"{text}\" (unix, tcp and fd are served)"),
        };
    }

    public override string ToString() => Scheme switch
    {
        "unix" => $"unix://{Path}",
        "tcp" => $"tcp://{EndPoint}",
        _ => $"fd://{Fd}",
    };

    private static ListenAddress Unix(string path)
    {
        path = path.Length == 0 ? DefaultPath : path;
        if (path[0] != '/')
        {
            throw new FormatException($"unix socket path \"{path}\" is not absolute");
        }

        return Encoding.UTF8.GetByteCount(path) <= MaxPathBytes
            ? new ListenAddress("unix", path)
            : throw new FormatException($"unix socket path \"{path}\" is longer than {MaxPathBytes} bytes");
    }

    private static IPEndPoint Tcp(string text, string rest, int port)
    {
        int colon = rest.LastIndexOf(':');
        bool hasPort = colon >= 0 && colon > rest.LastIndexOf(']');
        string host = (hasPort ? rest[..colon] : rest).Trim('[', ']');
        if (hasPort && !int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port))
        {
            throw new FormatException($"invalid bind address format: {text}");
        }

        return port is >= 0 and <= ushort.MaxValue
            ? new IPEndPoint(Address(text, host), port)
            : throw new FormatException($"invalid bind address format: {text}: port is out of range");
    }

    private static IPAddress Address(string text, string host)
    {
        if (host is "" or "localhost")
        {
            return IPAddress.Loopback;
        }

        return IPAddress.TryParse(host, out IPAddress? address)
            ? address
            : throw new FormatException($"invalid bind address format: {text}: host must be an IP address or localhost");
    }

    private static int? InheritedFd(string text, string rest)
    {
        if (rest is "" or "*")
        {
            return null;
        }

        return int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out int fd) && fd > 2
            ? fd
            : throw new FormatException($"invalid fd in \"{text}\": it must be a number from 3, or nothing for all inherited sockets");
    }
}
