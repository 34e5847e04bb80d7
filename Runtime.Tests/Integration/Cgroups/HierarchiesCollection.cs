using Xunit;

namespace Rtd.Tests.Integration.Cgroups;

/// <summary>Which hierarchies there are is the machine's: tests that make one, and tests of runtimes that cannot start beside it, go one after another.</summary>
[CollectionDefinition(Name)]
public sealed class HierarchiesCollection
{
    public const string Name = "cgroup hierarchies";
}
