using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>Rules of others: those that stand in the way are told, those of the admin have their place.</summary>
public sealed class ForeignRulesTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Drop_of_another_program_is_told_while_it_is_there()
    {
        (await Host.RunAsync("nft", "add table inet theirs; add chain inet theirs forwarded { type filter hook forward priority 10; }; add rule inet theirs forwarded drop")).Exits(0);
        await Eventually.HoldsAsync("info tells of it", async () => (await WarningsAsync()).Exists(line => line.Contains("table inet theirs chain forwarded drops", StringComparison.Ordinal)));

        (await Host.RunAsync("nft", "delete", "table", "inet", "theirs")).Exits(0);
        await Eventually.HoldsAsync("info tells no more of it", async () => !(await WarningsAsync()).Exists(line => line.Contains("theirs", StringComparison.Ordinal)));
    }

    [RootFact]
    public async Task Rules_in_the_admins_table_hold_and_stay()
    {
        using Server neighbour = await Server.StartNeighbourAsync(Host, 8000);
        const string Ask = $"timeout 2 wget -qO- http://{TestHost.NeighbourAddress}:8000/; exit $?";
        Assert.Equal("neighbour\n", (await ShellAsync(Ask)).Exits(0).Stdout);

        (await Host.RunAsync("nft", $"add rule ip rtd-admin forward ip daddr {TestHost.NeighbourAddress} drop")).Exits(0);
        Assert.NotEqual(0, (await ShellAsync(Ask)).ExitCode);
        (await DockerAsync("network", "create", "net")).Exits(0);
        (await Host.RunAsync("nft", "delete", "table", "ip", "rtd")).Exits(0);
        await Eventually.HoldsAsync("our table is made anew", async () => (await Host.RunAsync("nft", "list", "table", "ip", "rtd")).ExitCode == 0);
        await Daemon.StopAsync();
        await Daemon.StartAsync();

        Assert.NotEqual(0, (await ShellAsync(Ask)).ExitCode);
        (await Host.RunAsync("nft", "flush", "chain", "ip", "rtd-admin", "forward")).Exits(0);
        Assert.Equal("neighbour\n", (await ShellAsync(Ask)).Exits(0).Stdout);
        await Fixture.RebaseAsync();
    }

    private async Task<List<string>> WarningsAsync() => [.. ((JArray)(await Api.GetJsonAsync("/info"))["Warnings"]!).Values<string>().OfType<string>()];
}
