using Rtd.Tests.InnerLoops;
using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>What a member of an archive costs beside its names.</summary>
[Collection(AllocationCollection.Name)]
public sealed class TarAllocationTests(ITestOutputHelper output)
{
    private readonly TarLoops _loops = new();
    private readonly AllocationMeter _meter = new(output);

    [Fact]
    public void Reading_a_plain_entry() => Hold("an entry read", budget: 200, _loops.ReadPlain);

    [Fact]
    public void Reading_an_entry_with_a_pax_header() => Hold("an entry with a PAX header read", budget: 740, _loops.ReadExtended);

    [Fact]
    public void Writing_a_plain_entry() => Hold("an entry written", budget: 0, _loops.WritePlain);

    [Fact]
    public void Writing_an_entry_with_a_pax_header() => Hold("an entry with a PAX header written", budget: 710, _loops.WriteExtended);

    private void Hold(string what, long budget, Action operation) => _meter.Hold(what, repetitions: 20, TarLoops.Entries, budget, operation);
}
