using System.Globalization;
using Rtd.Tests.Integration.Hosting;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>The spawner under garbage collections: <c>rtd spawn-stress N</c> clones N times while other threads allocate, and must neither hang nor fail.</summary>
[Collection(Heavy.Name)]
public sealed class SpawnStressTests
{
    [RootFact]
    public async Task Spawns_under_garbage_collections()
    {
        TimeSpan patience = TimeSpan.FromSeconds(60) + (TimeSpan.FromMilliseconds(20) * Amount.Spawns);

        CommandResult result = await Command.RunAsync([Path.Combine(Tree.Dist, "rtd"), "spawn-stress", Amount.Spawns.ToString(CultureInfo.InvariantCulture)], patience: patience);

        result.Exits(0);
        Assert.Contains(Amount.Spawns.ToString(CultureInfo.InvariantCulture), result.Stdout, StringComparison.Ordinal);
    }
}
