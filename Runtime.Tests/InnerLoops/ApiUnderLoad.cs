using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Routes;
using Rtd.Daemon.Startup;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.InnerLoops;

/// <summary>The API without sockets, over containers that are fakes; the server's own context of a request is part of it.</summary>
internal sealed class ApiUnderLoad : IDisposable
{
    private readonly ContainerHost _host = new();
    private readonly ApiApplication _application;

    public ApiUnderLoad()
    {
        RouteTable routes = new();
        new PingRoutes(SystemChecks.Probe()).Register(routes);
        new ContainerRoutes(_host.Service).Register(routes);
        _application = new ApiApplication(routes, new OpenRequests(), AuthorizationPlugins.None);
    }

    public void Dispose() => _host.Dispose();

    /// <summary>Starts a container and gives its id.</summary>
    public string Start(string name) =>
        _host.StartAsync(name, config => config.Labels = new Dictionary<string, string> { ["com.example.tier"] = "front" }).GetAwaiter().GetResult();

    public void Serve(string method, string target, byte[]? body = null)
    {
        DefaultHttpContext http = Request(method, target, body);
        Task served = _application.ProcessRequestAsync(http);
        Assert.True(served.IsCompletedSuccessfully, "the request did not end on its own thread");
        Assert.True(http.Response.StatusCode is >= 200 and < 300);
    }

    public static DefaultHttpContext Request(string method, string target, byte[]? body)
    {
        DefaultHttpContext http = new();
        int query = target.IndexOf('?', StringComparison.Ordinal);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target;
        http.Request.Method = method;
        http.Request.Path = query < 0 ? target : target[..query];
        http.Request.QueryString = new QueryString(query < 0 ? "" : target[query..]);
        http.Response.Body = Stream.Null;
        if (body is not null)
        {
            http.Request.ContentType = "application/json";
            http.Request.ContentLength = body.Length;
            http.Request.Body = new MemoryStream(body, writable: false);
        }

        return http;
    }
}
