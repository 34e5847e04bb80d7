using Microsoft.AspNetCore.Connections;

namespace Rtd.Daemon.Api.Transport;

/// <summary>Does the handshake before anything else sees the connection, so that hijacked streams are encrypted like ordinary answers.</summary>
internal sealed class TlsMiddleware(ServerTls tls)
{
    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        if (await ((ClientConnection)connection).SecureAsync(tls.Options))
        {
            await next(connection);
        }
    };
}
