using Rtd.Tests.InnerLoops;
using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>What the API's most frequent requests cost.</summary>
[Collection(AllocationCollection.Name)]
public sealed class RequestAllocationTests(ITestOutputHelper output) : IDisposable
{
    private readonly RequestLoops _loops = new();
    private readonly AllocationMeter _meter = new(output);

    public void Dispose() => _loops.Dispose();

    [Fact]
    public void Ping() => _meter.Hold("_ping", repetitions: 50, units: 1, budget: 4000, _loops.Ping);

    [Fact]
    public void List_of_a_hundred() => _meter.Hold("a container in the list", repetitions: 50, RequestLoops.Listed, budget: 3400, _loops.List);

    [Fact]
    public void Inspect() => _meter.Hold("inspect", repetitions: 50, units: 1, budget: 15_000, _loops.Inspect);

    [Fact]
    public void Event() => _meter.Hold("an event", repetitions: 200, units: 1, budget: 2600, _loops.Event);

    [Fact]
    public void Create()
    {
        using CreateLoops creates = new();
        _meter.Hold("create", repetitions: 10, units: 1, budget: 74_000, creates.Create);
    }
}
