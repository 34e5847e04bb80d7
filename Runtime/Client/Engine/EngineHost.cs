using System.Globalization;

namespace Rtd.Client.Engine;

/// <summary>Where the daemon listens: a Unix socket path, or host and port.</summary>
/// <param name="Tls">Null for none; a Unix socket never has any.</param>
internal sealed record EngineHost(string Address, string? SocketPath, string? TcpHost, int TcpPort, EngineTls? Tls = null)
{
    public const string Default = "unix:///run/rtd.sock";

    private const int DefaultTcpPort = 2375, DefaultTlsPort = 2376;

    /// <summary>Reads <c>unix://</c>, <c>tcp://</c>, <c>http://</c> or bare <c>host:port</c>, as docker's -H does.</summary>
    /// <param name="tls">For TCP.</param>
    /// <exception cref="ClientException">The address is not one of these.</exception>
    public static EngineHost Parse(string text, EngineTls? tls = null)
    {
        string address = text.Trim();
        int separator = address.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? "tcp" : address[..separator];
        string rest = separator < 0 ? address : address[(separator + 3)..];
        return scheme switch
        {
            "unix" when rest.Length > 0 => new EngineHost(address, rest, null, 0),
            "tcp" or "http" => ParseTcp(address, separator < 0 ? "tcp://" + rest : address, rest, tls),
            "ssh" or "npipe" or "fd" => throw new ClientException($"unable to resolve the daemon's address: {scheme}:// is not supported, use unix:// or tcp:// ({address})"),
            _ => throw new ClientException($"Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {address}"),
        };
    }

    private static EngineHost ParseTcp(string original, string address, string rest, EngineTls? tls)
    {
        int slash = rest.IndexOf('/');
        string authority = slash < 0 ? rest : rest[..slash];
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon >= 0 && !authority.EndsWith(']');
        string host = (hasPort ? authority[..colon] : authority).Trim('[', ']');
        int port = tls is null ? DefaultTcpPort : DefaultTlsPort;
        if (hasPort && (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535))
        {
            throw new ClientException($"Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {original}");
        }

        return new EngineHost(address, null, host.Length == 0 ? "localhost" : host, port, tls);
    }
}
