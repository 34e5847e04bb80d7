using Rtd.Tests.InnerLoops;
using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>What a line of output costs on its way into the log, to a client, and back out of the log.</summary>
[Collection(AllocationCollection.Name)]
public sealed class LogAllocationTests(ITestOutputHelper output) : IDisposable
{
    private readonly LogLoops _loops = new();
    private readonly AllocationMeter _meter = new(output);

    public void Dispose() => _loops.Dispose();

    [Fact]
    public void A_line_into_the_json_file() => _meter.Hold("a line into json-file", repetitions: 50, LogLoops.Lines, budget: 0, _loops.Write);

    [Fact]
    public void A_frame_for_a_client() => _meter.Hold("a frame", repetitions: 50, LogLoops.Lines, budget: 0, _loops.Frame);

    [Fact]
    public void A_line_read_back_and_framed() => _meter.Hold("a line read back", repetitions: 5, LogLoops.Logged, budget: 8, _loops.Read);

    [Fact]
    public void A_line_read_back_with_its_time() => _meter.Hold("a line read back with its time", repetitions: 5, LogLoops.Logged, budget: 8, _loops.ReadWithTimes);
}
