using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Plugins;

/// <summary>Where a plugin listens, as a <c>.spec</c> or <c>.json</c> file or a socket's path says it.</summary>
/// <param name="SocketPath">The unix socket, or null for TCP.</param>
/// <param name="Host">A name or an address, when TCP.</param>
/// <param name="Tls">Null for plain HTTP.</param>
internal sealed record PluginAddress(string? SocketPath, string Host = "", int Port = 0, PluginTls? Tls = null)
{
    /// <summary>Parses <c>unix:///PATH</c>, <c>tcp://HOST:PORT</c>, <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>.</summary>
    /// <exception cref="EngineException">Invalid parameter, naming the text.</exception>
    public static PluginAddress Parse(string text, PluginTls? tls = null)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url))
        {
            throw EngineException.InvalidParameter($"invalid plugin address \"{text}\"");
        }

        switch (url.Scheme)
        {
            case "unix" when url.Host.Length == 0 && url.LocalPath.StartsWith('/'):
                return new PluginAddress(url.LocalPath);
            case "tcp" or "http" or "https" when url.Host.Length > 0 && url.Port > 0:
                return new PluginAddress(null, url.IdnHost.Trim('[', ']'), url.Port, tls ?? (url.Scheme == "https" ? new PluginTls() : null));
            default:
                throw EngineException.InvalidParameter($"invalid plugin address \"{text}\": unix:///PATH, tcp://HOST:PORT and https://HOST:PORT are known");
        }
    }

    public override string ToString() => SocketPath is not null ? $"unix://{SocketPath}" : $"tcp://{Host}:{Port}";
}
