namespace Rtd.Tests.Unit.Allocations;

/// <summary>Runs beside no other test: what others allocate, and what they take out of the pools, would be counted.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationCollection
{
    public const string Name = "allocations";
}
