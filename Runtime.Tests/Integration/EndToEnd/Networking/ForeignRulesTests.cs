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

    /// <summary>
    /// CVE-2025-54388, CVE-2025-54410: another program's reload takes all rules away. A port of the loopback address needs none to be out of a neighbour's reach;
    /// two bridges are apart again as soon as the daemon has heard of it.
    /// </summary>
    [RootTheory]
    [InlineData("nft flush ruleset")]
    [InlineData("nft delete table ip rtd; nft delete table ip6 rtd; iptables-legacy -F; iptables-legacy -P FORWARD ACCEPT")]
    public async Task Reload_of_foreign_rules_opens_nothing(string reload)
    {
        const string Serve = "mkdir /www; echo served > /www/index.html; exec httpd -f -h /www";
        (await DockerAsync("network", "create", "one")).Exits(0);
        (await DockerAsync("network", "create", "two")).Exits(0);
        string server = await StartAsync(Serve, "--network", "one", "-p", "127.0.0.1:8080:80");
        string client = await StartAsync("sleep 1000", "--network", "two");
        string address = await InspectAsync(server, "{{.NetworkSettings.Networks.one.IPAddress}}");
        await Eventually.HoldsAsync("it answers its host", async () => (await Host.RunAsync("timeout", "5", "busybox", "wget", "-qO-", "http://127.0.0.1:8080/")).Stdout == "served\n");
        Task<CommandResult> FromBridgeAsync() => DockerAsync("exec", client, "timeout", "2", "wget", "-qO-", $"http://{address}/");
        Assert.NotEqual(0, (await FromBridgeAsync()).ExitCode);

        (await Host.RunAsync("sh", "-c", reload)).Exits(0);

        Assert.NotEqual(0, (await Host.RunAtNeighbourAsync("timeout", "2", "busybox", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).ExitCode);
        await Eventually.HoldsAsync("the bridges are apart", async () => (await FromBridgeAsync()).ExitCode != 0);
        Assert.NotEqual(0, (await FromBridgeAsync()).ExitCode);
        Assert.Equal("served\n", (await Host.RunAsync("timeout", "5", "busybox", "wget", "-qO-", "http://127.0.0.1:8080/")).Stdout);
    }

    /// <summary>Rules that nft does not list, by policy and by the last rule.</summary>
    [RootTheory]
    [InlineData("iptables-legacy", "-P FORWARD DROP", "-P FORWARD ACCEPT", "table ip filter chain FORWARD (iptables-legacy) drops")]
    [InlineData("iptables-legacy", "-A FORWARD -j REJECT", "-D FORWARD -j REJECT", "table ip filter chain FORWARD (iptables-legacy) drops")]
    [InlineData("iptables-legacy", "-t mangle -A FORWARD -j DROP", "-t mangle -F FORWARD", "table ip mangle chain FORWARD (iptables-legacy) drops")]
    [InlineData("ip6tables-legacy", "-P FORWARD DROP", "-P FORWARD ACCEPT", "table ip6 filter chain FORWARD (iptables-legacy) drops")]
    [InlineData("ip6tables-legacy", "-A FORWARD -j REJECT", "-D FORWARD -j REJECT", "table ip6 filter chain FORWARD (iptables-legacy) drops")]
    public async Task Drop_by_legacy_iptables_is_told_while_it_is_there(string program, string rule, string undo, string told)
    {
        (await Host.RunAsync(program, "-A", "FORWARD", "-s", program.StartsWith("ip6", StringComparison.Ordinal) ? "2001:db8::1" : "192.0.2.1", "-j", "DROP")).Exits(0);
        Assert.DoesNotContain(await WarningsAsync(), line => line.Contains("legacy", StringComparison.Ordinal));

        (await Host.RunAsync([program, .. rule.Split(' ')])).Exits(0);
        Assert.Contains(await WarningsAsync(), line => line.Contains(told, StringComparison.Ordinal));
        (await DockerAsync("run", "--rm", "-p", "8099:80", "busybox", "true")).Exits(0);
        await Eventually.HoldsAsync("the log tells of it", () => Task.FromResult(Daemon.Log.Contains(told, StringComparison.Ordinal)));

        (await Host.RunAsync([program, .. undo.Split(' ')])).Exits(0);
        (await Host.RunAsync(program, "-F", "FORWARD")).Exits(0);
        Assert.DoesNotContain(await WarningsAsync(), line => line.Contains("legacy", StringComparison.Ordinal));
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
