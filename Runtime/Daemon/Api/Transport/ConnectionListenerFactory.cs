using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Rtd.Daemon.Api.Transport;

/// <summary>Turns the sockets of <see cref="ListenSockets"/> into listeners for Kestrel.</summary>
internal sealed class ConnectionListenerFactory : IConnectionListenerFactory
{
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new ConnectionListener((ListenSocket)endpoint));
}
