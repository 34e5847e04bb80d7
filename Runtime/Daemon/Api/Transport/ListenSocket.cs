using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Api.Transport;

/// <summary>A listening socket on its way to Kestrel, which knows it by this end point.</summary>
/// <param name="tls">Null for a socket without TLS.</param>
internal sealed class ListenSocket(Socket socket, string display, ServerTls? tls = null) : EndPoint, IDisposable
{
    public Socket Socket { get; } = socket;

    public ServerTls? Tls { get; } = tls;

    public override string ToString() => display;

    /// <summary>Closes the socket; .NET also removes the file of a unix socket that it bound.</summary>
    public void Dispose() => Socket.Dispose();
}
