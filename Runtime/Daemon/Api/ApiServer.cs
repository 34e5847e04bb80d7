using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Hijack;
using Rtd.Daemon.Api.Transport;

namespace Rtd.Daemon.Api;

/// <summary>The API on its sockets: Kestrel's HTTP/1.1 over our connections, with no hosting, routing or dependency injection around it.</summary>
/// <param name="sockets">Owned from here on.</param>
internal sealed class ApiServer(
    RouteTable routes, IReadOnlyList<ListenSocket> sockets, OpenRequests? requests = null, AuthorizationPlugins? authorization = null, TimeSpan? headTimeout = null) : IAsyncDisposable
{
    /// <summary>How long a connection may be idle: as good as for ever, as with dockerd.</summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromDays(30);

    private readonly OpenRequests _requests = requests ?? new OpenRequests();
    private readonly KestrelServer _server = NewServer(routes, sockets, requests ?? new OpenRequests(), authorization ?? AuthorizationPlugins.None, headTimeout ?? HijackMiddleware.DefaultHeadTimeout);

    /// <summary>Where the server listens, in the form of <c>--host</c>.</summary>
    public IEnumerable<string> Addresses => sockets.Select(socket => socket.ToString());

    /// <summary>Starts to accept.</summary>
    public Task StartAsync() => _server.StartAsync(new ApiApplication(routes, _requests, authorization ?? AuthorizationPlugins.None), CancellationToken.None);

    /// <summary>Closes the listeners, lets requests in flight end until the token is cancelled, then breaks what is left.</summary>
    public Task StopAsync(CancellationToken patience) => _server.StopAsync(patience);

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        foreach (ListenSocket socket in sockets)
        {
            socket.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    private static KestrelServer NewServer(RouteTable routes, IReadOnlyList<ListenSocket> sockets, OpenRequests requests, AuthorizationPlugins authorization, TimeSpan headTimeout)
    {
        KestrelServerOptions options = new()
        {
            AddServerHeader = false,
            AllowSynchronousIO = true,
            ApplicationServices = NoServices.Instance,
        };
        SetLimits(options.Limits);
        HijackMiddleware hijack = new(routes, requests, authorization, headTimeout);
        foreach (ListenSocket socket in sockets)
        {
            options.Listen(socket, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (socket.Tls is { } tls)
                {
                    listen.Use(new TlsMiddleware(tls).Wrap);
                }

                listen.Use(hijack.Wrap);
            });
        }

        return new KestrelServer(Options.Create(options), new ConnectionListenerFactory(), new NLogBridge());
    }

    private static void SetLimits(KestrelServerLimits limits)
    {
        // Image archives and build contexts have no bound; handlers of JSON have their own.
        limits.MaxRequestBodySize = null;

        // A stream may be silent for days (logs -f, events, wait), and stdin comes at a person's pace.
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;

        // Not InfiniteTimeSpan: Kestrel turns that into TimeSpan.MaxValue, adds it to the present time, and the sum overflows: the next tick
        // of its clock then closes every idle connection, under the feet of a client that is sending its next request.
        limits.KeepAliveTimeout = s_idle;

        // The framing below Kestrel has the real limits; these only must not be narrower.
        limits.MaxRequestBufferSize = 2 * RequestHeadParser.MaxHead;
        limits.MaxRequestLineSize = RequestHeadParser.MaxHead;
        limits.MaxRequestHeadersTotalSize = RequestHeadParser.MaxHead;
        limits.MaxRequestHeaderCount = 1000;
    }
}
