using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Authorization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Api.Routes;
using Rtd.Daemon.Events;
using Rtd.Daemon.Startup;
using Rtd.Tests.Unit.Containers.Fakes;
using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>What the API's most frequent requests cost, from the server's call to the end of the answer; the server's own context of a request is part of it.</summary>
[Collection(AllocationCollection.Name)]
public sealed class RequestAllocationTests : IDisposable
{
    private const int Listed = 100;

    private readonly ContainerHost _host = new();
    private readonly AllocationMeter _meter;
    private readonly ApiApplication _application;

    public RequestAllocationTests(ITestOutputHelper output)
    {
        _meter = new AllocationMeter(output);
        RouteTable routes = new();
        new PingRoutes(SystemChecks.Probe()).Register(routes);
        new ContainerRoutes(_host.Service).Register(routes);
        _application = new ApiApplication(routes, new OpenRequests(), AuthorizationPlugins.None);
    }

    public void Dispose() => _host.Dispose();

    [Fact]
    public void Ping() => Hold("_ping", budget: 4000, "GET", "/_ping");

    [Fact]
    public async Task List_of_a_hundred()
    {
        for (int i = 0; i < Listed; i++)
        {
            await _host.StartAsync($"listed{i}", config => config.Labels = new Dictionary<string, string> { ["com.example.tier"] = "front" });
        }

        Hold("a container in the list", budget: 3400, "GET", "/v1.51/containers/json?all=1", units: Listed);
    }

    [Fact]
    public async Task Inspect()
    {
        string id = await _host.StartAsync("inspected");
        Hold("inspect", budget: 15_000, "GET", $"/v1.51/containers/{id}/json");
    }

    [Fact]
    public void Create()
    {
        byte[] body = """
            {"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,"StdinOnce":false,
            "Env":["A=b"],"Cmd":["sleep","1000"],"Image":"busybox","Volumes":{},"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{"com.example.tier":"front"},
            "HostConfig":{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":{}},"NetworkMode":"default","PortBindings":{},
            "RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"CapAdd":null,"CapDrop":null,"Dns":[],"DnsOptions":[],"DnsSearch":[],"Privileged":false,
            "ReadonlyRootfs":false,"ShmSize":0,"CpuShares":0,"Memory":0,"Devices":[],"MaskedPaths":null,"ReadonlyPaths":null},"NetworkingConfig":{"EndpointsConfig":{}}}
            """u8.ToArray();
        Hold("create", budget: 74_000, "POST", "/v1.51/containers/create", body: body, repetitions: 10);
    }

    [Fact]
    public void Event()
    {
        EventBus events = new();
        using EventSubscription subscription = events.Subscribe(new EventFilter(QueryFilters.Parse(null)), null);
        ApiContext context = new(Request("GET", "/events", null), new Version(1, 51), new Dictionary<string, string>());
        Dictionary<string, string> attributes = new() { ["name"] = "web", ["image"] = "busybox:latest" };
        _meter.Hold("an event", repetitions: 200, units: 1, budget: 2600, () =>
        {
            events.Publish("container", "start", "c1", attributes);
            Assert.True(subscription.Events.TryRead(out EngineEvent? happened));
            Assert.True(context.WriteMessageAsync(new EventMessage(happened)).IsCompletedSuccessfully);
        });
    }

    private static DefaultHttpContext Request(string method, string target, byte[]? body)
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

    private void Hold(string what, long budget, string method, string target, int units = 1, byte[]? body = null, int repetitions = 50) =>
        _meter.Hold(what, repetitions, units, budget, () =>
        {
            DefaultHttpContext http = Request(method, target, body);
            Task served = _application.ProcessRequestAsync(http);
            Assert.True(served.IsCompletedSuccessfully, "the request did not end on its own thread");
            Assert.True(http.Response.StatusCode is >= 200 and < 300);
        });
}
