using Rtd.Daemon.Networking;
using Rtd.Tests.Integration.Hosting;
using Xunit;

namespace Rtd.Tests.Integration.Networking;

[Collection(UndisturbedCollection.Name)]
public sealed class FirewallTests
{
    [NetworkTheory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table ip rtd")]
    [InlineData("nft flush chain ip6 rtd forward")]
    public async Task What_another_program_takes_away_is_put_back(string command)
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        const string Ruleset = "nft -s list ruleset | sort"; // tables are listed as they were made
        string before = await host.RunAsync(Ruleset);

        await host.RunAsync(command);

        await Eventually.HoldsAsync("the tables are there again", async () => await host.RunAsync(Ruleset) == before);
    }
}
