using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>The daemon's network settings, each by a daemon of its own: who reaches whom then, and what is left alone.</summary>
public sealed class DaemonSettingTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Serve = "mkdir /www; echo served > /www/index.html; exec httpd -f -h /www";

    [RootFact]
    public Task Networks_have_both_families_unless_told_otherwise() => WithAsync([], async () =>
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        (await DockerAsync("network", "create", "--ipv6=false", "four")).Exits(0);
        foreach (string network in new[] { "bridge", "net" })
        {
            Assert.Contains("inet6 fd", (await ShellAsync("ip addr show eth0; cat /proc/sys/net/ipv6/conf/eth0/accept_ra", "--network", network)).Exits(0).Stdout, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("inet6", (await ShellAsync("ip addr show eth0", "--network", "four")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal("false\n", (await DockerAsync("network", "inspect", "-f", "{{.EnableIPv6}}", "four")).Exits(0).Stdout);
    });

    [RootFact]
    public Task IPv6_switched_off_is_off_by_default_alone() => WithAsync(["--ipv6=false"], async () =>
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        (await DockerAsync("network", "create", "--ipv6", "both")).Exits(0);
        Assert.DoesNotContain("inet6", (await ShellAsync("ip addr show eth0")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("inet6", (await ShellAsync("ip addr show eth0", "--network", "net")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("inet6 fd", (await ShellAsync("ip addr show eth0", "--network", "both")).Exits(0).Stdout, StringComparison.Ordinal);
    });

    [RootFact]
    public Task Subnet_of_IPv6_and_its_gateway_are_the_admins() => WithAsync(["--bip6", "fd01:2::ff/64", "--fixed-cidr-v6", "fd01:2::1:0/112"], async () =>
    {
        string told = (await ShellAsync("ip addr show eth0; ip -6 route")).Exits(0).Stdout;
        Assert.Contains("inet6 fd01:2::1:", told, StringComparison.Ordinal);
        Assert.Contains("default via fd01:2::ff dev eth0", told, StringComparison.Ordinal);
    });

    [RootFact]
    public Task Options_of_new_networks_by_default() => WithAsync(["--default-network-opt", "bridge=com.docker.network.driver.mtu=1390"], async () =>
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        (await DockerAsync("network", "create", "-o", "com.docker.network.driver.mtu=1400", "own")).Exits(0);
        Assert.Equal("1390\n", (await ShellAsync("cat /sys/class/net/eth0/mtu", "--network", "net")).Exits(0).Stdout);
        Assert.Equal("1400\n", (await ShellAsync("cat /sys/class/net/eth0/mtu", "--network", "own")).Exits(0).Stdout);
    });

    [RootFact]
    public Task Without_the_userland_proxy_published_ports_are_reached_all_the_same() => WithAsync(["--userland-proxy=false"], async () =>
    {
        (await DockerAsync("network", "create", "other")).Exits(0);
        string id = await StartAsync(Serve, "-p", "8080:80");

        await AnswersHostAsync("http://127.0.0.1:8080/");
        await AnswersHostAsync($"http://{TestHost.Address}:8080/");
        Assert.Equal("served\n", (await DockerAsync("exec", id, "timeout", "5", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).Exits(0).Stdout);
        Assert.Equal("served\n", (await ShellAsync($"timeout 5 wget -qO- http://{TestHost.Address}:8080/")).Exits(0).Stdout);
        Assert.Equal("served\n", (await ShellAsync($"timeout 5 wget -qO- http://{TestHost.Address}:8080/", "--network", "other")).Exits(0).Stdout);
        Assert.Equal("0\n", (await Host.RunAsync("cat", "/proc/sys/net/ipv4/conf/all/route_localnet")).Exits(0).Stdout);
    });

    [RootFact]
    public Task Without_iptables_no_rule_is_touched() => WithAsync(["--iptables=false"], async () =>
    {
        (await Host.RunAsync("nft", "add table ip mine; add chain ip mine forward { type filter hook forward priority 0; policy drop; }")).Exits(0);
        string before = (await Host.RunAsync("nft", "list", "ruleset")).Exits(0).Stdout;
        (await DockerAsync("network", "create", "net")).Exits(0);
        string id = await StartAsync(Serve, "-p", "8080:80");

        await AnswersHostAsync("http://127.0.0.1:8080/");
        await Eventually.HoldsAsync("the neighbour is answered", async () =>
            (await Host.RunAtNeighbourAsync("timeout", "5", "busybox", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).Stdout == "served\n");
        Assert.Equal(before, (await Host.RunAsync("nft", "list", "ruleset")).Exits(0).Stdout);
        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await Host.RunAsync("nft", "delete", "table", "ip", "mine")).Exits(0);
    });

    [RootFact]
    public Task Without_a_default_bridge_networks_of_users_have_their_firewall() => WithAsync(["--bridge", "none"], async () =>
    {
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(125).Says("network bridge not found");
        (await DockerAsync("network", "create", "one")).Exits(0);
        (await DockerAsync("network", "create", "two")).Exits(0);
        string id = await StartAsync(Serve, "--network", "one", "--name", "server", "-p", "8080:80");
        string address = await InspectAsync(id, "{{.NetworkSettings.Networks.one.IPAddress}}");

        await AnswersHostAsync($"http://{TestHost.Address}:8080/");
        Assert.Equal("served\n", (await ShellAsync($"timeout 5 wget -qO- http://{address}/", "--network", "one")).Exits(0).Stdout);
        Assert.NotEqual(0, (await ShellAsync($"timeout 2 wget -qO- http://{address}/; exit $?", "--network", "two")).ExitCode);
    });

    [RootFact]
    public async Task Bridge_of_the_admin_is_used_and_left_as_it_is()
    {
        const string Picture = "ip -o -4 addr show mine0; cat /sys/class/net/mine0/mtu /proc/sys/net/ipv6/conf/mine0/disable_ipv6";
        (await Host.RunAsync("sh", "-c", "ip link add mine0 type bridge; ip link set mine0 mtu 1450 up; ip addr add 10.77.0.1/24 dev mine0; ip addr add 10.78.0.1/24 dev mine0")).Exits(0);
        string before = (await Host.RunAsync("sh", "-c", Picture)).Exits(0).Stdout;
        await WithAsync(["--bridge", "mine0", "--ipv6=false"], async () =>
        {
            Assert.Contains("inet 10.77.0.2/24", (await ShellAsync("ip addr show eth0")).Exits(0).Stdout, StringComparison.Ordinal);
        });

        // The addresses of what ran last may still be leaving, so that the first is not always free.
        Assert.Matches(@"inet 172\.17\.0\.\d+/16", (await ShellAsync("ip addr show eth0")).Exits(0).Stdout);
        Assert.Equal(before, (await Host.RunAsync("sh", "-c", Picture)).Exits(0).Stdout);
        (await Host.RunAsync("ip", "link", "del", "mine0")).Exits(0);
    }

    [RootFact]
    public async Task Bridge_that_is_not_there_is_refused()
    {
        await Daemon.StopAsync();
        (await Daemon.RefuseAsync("--bridge", "nothing0")).Exits(1).Says("bridge device with non default name nothing0 must be created manually");
        await Daemon.StartAsync();
        await Fixture.RebaseAsync();
    }

    [RootFact]
    public Task Ports_are_bound_where_the_admin_says() => WithAsync(["--ip", "127.0.0.1"], async () =>
    {
        string id = await StartAsync(Serve, "-p", "8080:80", "-p", $"{TestHost.Address}:8081:80", "-p", "[::1]:8082:80", "-p", "7000-7001:7000-7001/udp", "-p", "9:9/sctp");

        Assert.Equal(
            ["7000/udp -> 127.0.0.1:7000", "7001/udp -> 127.0.0.1:7001", "80/tcp -> 127.0.0.1:8080", $"80/tcp -> {TestHost.Address}:8081", "80/tcp -> [::1]:8082", "9/sctp -> 127.0.0.1:9"],
            (await DockerAsync("port", id)).Exits(0).Lines.Order(StringComparer.Ordinal));
        await AnswersHostAsync("http://127.0.0.1:8080/");
        await AnswersHostAsync("http://[::1]:8082/");
        Assert.Equal("served\n", (await Host.RunAtNeighbourAsync("timeout", "5", "busybox", "wget", "-qO-", $"http://{TestHost.Address}:8081/")).Stdout);
        Assert.NotEqual(0, (await Host.RunAtNeighbourAsync("timeout", "2", "busybox", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).ExitCode);
    });

    [RootFact]
    public Task Host_gateway_is_the_admins() => WithAsync(["--host-gateway-ip", "192.0.2.9"], async () =>
        Assert.Contains("192.0.2.9\tboss\n", (await ShellAsync("cat /etc/hosts", "--add-host", "boss:host-gateway")).Exits(0).Stdout, StringComparison.Ordinal));

    /// <summary>Runs a body against a daemon with flags; then the daemon is as the next test expects it.</summary>
    private async Task WithAsync(string[] flags, Func<Task> body)
    {
        await Daemon.StopAsync();
        await Daemon.StartAsync(flags);
        try
        {
            await body();
            IReadOnlyList<string> containers = (await DockerAsync("ps", "-aq")).Exits(0).Lines;
            if (containers.Count > 0)
            {
                (await DockerAsync(["rm", "-f", .. containers])).Exits(0);
            }

            (await DockerAsync("network", "prune", "-f")).Exits(0);
        }
        finally
        {
            await Daemon.StopAsync();
            await Daemon.StartAsync();
            await Fixture.RebaseAsync();
        }
    }

    private Task AnswersHostAsync(string url) =>
        Eventually.HoldsAsync($"{url} answers the host", async () => (await Host.RunAsync("timeout", "5", "busybox", "wget", "-qO-", url)).Stdout == "served\n");
}
