using Microsoft.AspNetCore.Connections;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Transport;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>Stands between a connection and Kestrel's HTTP layer, and takes the requests out that take their connection over.</summary>
/// <param name="headTimeout">How long a request's head may take from its first byte.</param>
internal sealed class HijackMiddleware(RouteTable routes, OpenRequests requests, AuthorizationPlugins authorization, TimeSpan headTimeout)
{
    /// <summary>Slow enough for a person at a terminal, short enough that dripping connections do not pile up.</summary>
    public static readonly TimeSpan DefaultHeadTimeout = TimeSpan.FromSeconds(60);

    private readonly LargeHeads _largeHeads = new();

    public ConnectionDelegate Wrap(ConnectionDelegate http) => async connection =>
    {
        RequestRouter router = new((ClientConnection)connection, routes, requests, authorization, http, _largeHeads, headTimeout);
        await router.RunAsync();
    };
}
