using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using NLog;

namespace Rtd.Daemon.Api.Transport;

/// <summary>Accepts connections until it is unbound.</summary>
internal sealed class ConnectionListener(ListenSocket listener) : IConnectionListener
{
    /// <summary>How long to leave a full fd table alone: the kernel does not say when an fd becomes free.</summary>
    private static readonly TimeSpan s_fullTablePause = TimeSpan.FromMilliseconds(100);

    private static readonly Logger s_log = LogManager.GetLogger("api");

    private volatile bool _unbound;

    public EndPoint EndPoint => listener;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                return new ClientConnection(await listener.Socket.AcceptAsync(cancellationToken));
            }
            catch (Exception) when (_unbound)
            {
                return null;
            }
            catch (SocketException error)
            {
                await AfterFailedAcceptAsync(error, cancellationToken);
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _unbound = true;
        listener.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    /// <summary>
    /// Kestrel would give the listener up on an exception. accept(2) also reports errors of the one connection it was about
    /// (reset in the backlog), which are passed over.
    /// </summary>
    private static Task AfterFailedAcceptAsync(SocketException error, CancellationToken cancellationToken)
    {
        if (error.SocketErrorCode is not (SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable))
        {
            s_log.Debug("accept: {Reason}", error.Message);
            return Task.CompletedTask;
        }

        s_log.Warn("can't accept a connection: {Reason}", error.Message);
        return Task.Delay(s_fullTablePause, cancellationToken);
    }
}
