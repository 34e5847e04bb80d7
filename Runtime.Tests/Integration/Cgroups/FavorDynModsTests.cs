using Rtd.Daemon.Cgroups;

namespace Rtd.Tests.Integration.Cgroups;

[Collection(HierarchiesCollection.Name)]
public sealed class FavorDynModsTests
{
    private static readonly bool s_known = Environment.OSVersion.Version >= new Version(6, 0);
    private static readonly bool s_lasting = Environment.OSVersion.Version >= new Version(6, 18);

    private static bool HierarchyIsThere => File.ReadAllText("/proc/self/cgroup").Contains(":name=rtd:", StringComparison.Ordinal);

    [V1Fact]
    public async Task A_hierarchy_is_there_only_as_long_as_it_must_be()
    {
        using (FavorDynMods? held = FavorDynMods.Hold())
        {
            Assert.Equal(s_known, held is not null);
            await Hosting.Eventually.HoldsAsync("the hierarchy is there if needed", () => HierarchyIsThere == (s_known && !s_lasting));
        }

        await Hosting.Eventually.HoldsAsync("the hierarchy is gone", () => !HierarchyIsThere);
    }
}
