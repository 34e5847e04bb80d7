using System.Globalization;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>The spawner under garbage collections: <c>rtd spawn-stress N</c> clones N times while other threads allocate, and must neither hang nor fail.</summary>
[Collection(Heavy.Name)]
public sealed class SpawnStressTests
{
    /// <summary>RTD_TEST_SPAWNS sets another number; 100000 is the one for a release.</summary>
    private static readonly int s_count = int.Parse(Environment.GetEnvironmentVariable("RTD_TEST_SPAWNS") ?? "3000", CultureInfo.InvariantCulture);

    [RootFact]
    public async Task Spawns_under_garbage_collections()
    {
        TimeSpan patience = TimeSpan.FromSeconds(60) + (TimeSpan.FromMilliseconds(20) * s_count);

        CommandResult result = await Command.RunAsync([Path.Combine(Tree.Dist, "rtd"), "spawn-stress", s_count.ToString(CultureInfo.InvariantCulture)], patience: patience);

        result.Exits(0);
        Assert.Contains(s_count.ToString(CultureInfo.InvariantCulture), result.Stdout, StringComparison.Ordinal);
    }
}
