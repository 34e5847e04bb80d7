using Xunit.Abstractions;

namespace Rtd.Tests.Unit.Allocations;

/// <summary>Counts what an operation allocates and holds it to a budget. Times are never looked at.</summary>
/// <remarks>
/// What is counted is the debug build, whose asynchronous methods have an object each where a release build has none: a budget shows that something has
/// become worse, not what a request takes in the field.
/// </remarks>
internal sealed class AllocationMeter(ITestOutputHelper output)
{
    private const int Rounds = 5;

    /// <param name="units">Lines, entries, requests of one run of the operation.</param>
    /// <param name="budget">Bytes for each.</param>
    /// <param name="operation">Ends on the thread it began on.</param>
    public void Hold(string what, int repetitions, int units, long budget, Action operation)
    {
        for (int i = 0; i < repetitions; i++)
        {
            operation();
        }

        // The least of some rounds: growth of a list, or of a pool, falls into one or the other.
        long least = long.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            int thread = Environment.CurrentManagedThreadId;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < repetitions; i++)
            {
                operation();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Equal(thread, Environment.CurrentManagedThreadId);
        }

        long each = least / repetitions / units;
        output.WriteLine($"{what}: {each} bytes of {budget}");
        Assert.True(each <= budget, $"{what} allocates {each} bytes; its budget is {budget}");
    }
}
