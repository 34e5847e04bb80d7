using System.Globalization;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>Where a collector listens.</summary>
/// <param name="Scheme">As written: udp, tcp, tcp+tls, tls, unix, unixgram.</param>
/// <param name="Path">The socket's, for unix and unixgram.</param>
internal sealed record CollectorAddress(string Scheme, string? Path, string Host = "", int Port = 0)
{
    public bool IsTls => Scheme is "tcp+tls" or "tls";

    public bool IsDatagram => Scheme is "udp" or "unixgram";

    /// <param name="option">For messages.</param>
    /// <param name="schemes">Those that the driver knows; an address without one is the first of them.</param>
    /// <exception cref="EngineException">Invalid parameter.</exception>
    public static CollectorAddress Parse(string text, string option, int defaultPort, params ReadOnlySpan<string> schemes)
    {
        int separator = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? schemes[0] : text[..separator];
        string rest = separator < 0 ? text : text[(separator + 3)..];
        if (!schemes.Contains(scheme))
        {
            throw EngineException.InvalidParameter($"invalid {option} \"{text}\": it must begin with {string.Join(", ", schemes.ToArray().Select(known => known + "://"))}");
        }

        if (scheme is "unix" or "unixgram")
        {
            return rest.StartsWith('/') ? new CollectorAddress(scheme, rest) : throw EngineException.InvalidParameter($"invalid {option} \"{text}\": the socket's path is not absolute");
        }

        int colon = rest.LastIndexOf(':');
        bool hasPort = colon > rest.LastIndexOf(']');
        string host = (hasPort ? rest[..colon] : rest).Trim('[', ']');
        int port = defaultPort;
        bool valid = !rest.Contains('/') && (!hasPort || (int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue));
        return valid
            ? new CollectorAddress(scheme, null, host.Length == 0 ? "127.0.0.1" : host, port)
            : throw EngineException.InvalidParameter($"invalid {option} \"{text}\": it must be HOST:PORT");
    }

    public override string ToString() => $"{Scheme}://{Path ?? $"{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}"}";
}
