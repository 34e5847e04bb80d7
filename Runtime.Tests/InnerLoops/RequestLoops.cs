using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Events;

namespace Rtd.Tests.InnerLoops;

/// <summary>The API's most frequent requests, from the server's call to the end of the answer.</summary>
[InvocationCount(512)]
public class RequestLoops : IDisposable
{
    public const int Listed = 100;

    private readonly ApiUnderLoad _api = new();
    private readonly EventBus _events = new();
    private readonly EventSubscription _subscription;
    private readonly ApiContext _listener;
    private readonly Dictionary<string, string> _attributes = new() { ["name"] = "web", ["image"] = "busybox:latest" };
    private readonly string _inspected;

    public RequestLoops()
    {
        _subscription = _events.Subscribe(new EventFilter(QueryFilters.Parse(null)), null);
        _listener = new ApiContext(ApiUnderLoad.Request("GET", "/events", null), new Version(1, 51), new Dictionary<string, string>());
        string last = "";
        for (int i = 0; i < Listed; i++)
        {
            last = _api.Start($"listed{i}");
        }

        _inspected = last;
    }

    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        _subscription.Dispose();
        _api.Dispose();
    }

    [Benchmark(Description = "_ping")]
    public void Ping() => _api.Serve("GET", "/_ping");

    [Benchmark(OperationsPerInvoke = Listed, Description = "a container in the list")]
    public void List() => _api.Serve("GET", "/v1.51/containers/json?all=1");

    [Benchmark(Description = "inspect")]
    public void Inspect() => _api.Serve("GET", $"/v1.51/containers/{_inspected}/json");

    [Benchmark(Description = "an event to a listener")]
    public void Event()
    {
        _events.Publish("container", "start", "c1", _attributes);
        Assert.True(_subscription.Events.TryRead(out EngineEvent? happened));
        Assert.True(_listener.WriteMessageAsync(new EventMessage(happened)).IsCompletedSuccessfully);
    }
}
