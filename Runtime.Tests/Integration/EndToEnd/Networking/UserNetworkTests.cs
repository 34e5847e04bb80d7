using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>Networks that users make: their life, who reaches whom, connect and disconnect.</summary>
public sealed class UserNetworkTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Serve = "mkdir /www; echo served > /www/index.html; exec httpd -f -h /www";

    [RootFact]
    public async Task Network_is_made_shown_and_removed()
    {
        string id = (await DockerAsync(
            "network", "create", "--subnet", "10.5.0.0/24", "--gateway", "10.5.0.254", "--ip-range", "10.5.0.128/25", "--aux-address", "nas=10.5.0.128",
            "--label", "a=b", "--opt", "com.docker.network.bridge.name=mine0", "--opt", "com.docker.network.driver.mtu=1400", "mine")).Exits(0).Line;

        JToken shown = await Api.GetJsonAsync($"/networks/{id[..12]}");
        Assert.Equal("""{"Subnet":"10.5.0.0/24","IPRange":"10.5.0.128/25","Gateway":"10.5.0.254","AuxiliaryAddresses":{"nas":"10.5.0.128"}}""",
            shown["IPAM"]!["Config"]![0]!.ToString(Newtonsoft.Json.Formatting.None));
        Assert.Equal("b", (string?)shown["Labels"]!["a"]);
        Assert.Equal("mine\n", (await DockerAsync("network", "ls", "--filter", "label=a=b", "--filter", "type=custom", "--format", "{{.Name}}")).Exits(0).Stdout);
        Assert.Equal("10.5.0.129\n1400\n", (await ShellAsync("ip -4 -o addr show eth0 | sed 's/.*inet \\([^/]*\\).*/\\1/'; cat /sys/class/net/eth0/mtu", "--network", "mine")).Exits(0).Stdout);
        Assert.Contains("inet 10.5.0.254/24", (await Host.RunAsync("ip", "addr", "show", "mine0")).Exits(0).Stdout, StringComparison.Ordinal);

        (await DockerAsync("network", "rm", "mine")).Exits(0);
        Assert.NotEqual(0, (await Host.RunAsync("ip", "link", "show", "mine0")).ExitCode);
    }

    [RootFact]
    public async Task Bad_requests_are_refused_in_dockers_words_and_leave_nothing()
    {
        (await DockerAsync("network", "create", "twice")).Exits(0);

        (await DockerAsync("network", "create", "twice")).Exits(1).Says("network with name twice already exists");
        (await DockerAsync("network", "create", "bridge")).Exits(1).Says("operation is not permitted on predefined bridge network");
        (await DockerAsync("network", "rm", "bridge")).Exits(1).Says("bridge is a pre-defined network and cannot be removed");
        (await DockerAsync("network", "rm", "nothing")).Exits(1).Says("network nothing not found");
        (await DockerAsync("network", "create", "-d", "nothing", "x")).Exits(1).Says("plugin not found");
        (await DockerAsync("network", "create", "--opt", "com.docker.network.bridge.name=a/b", "x")).Exits(1).Says("a link's name has");
        (await DockerAsync("network", "create", "--opt", "com.docker.network.bridge.name=lo", "x")).Exits(1).Says("which is no bridge");
        (await DockerAsync("network", "create", "--subnet", "10.6.0.0/16", "first")).Exits(0);
        (await DockerAsync("network", "create", "--subnet", "10.6.7.0/24", "x")).Exits(1).Says("Pool overlaps with other one on this address space");
        Assert.DoesNotContain("x", (await DockerAsync("network", "ls", "--format", "{{.Name}}")).Exits(0).Lines);
    }

    [RootFact]
    public async Task Network_in_use_stays_and_prune_takes_the_rest()
    {
        (await DockerAsync("network", "create", "used")).Exits(0);
        (await DockerAsync("network", "create", "unused")).Exits(0);
        string id = await StartAsync("sleep 1000", "--network", "used", "--name", "user");

        (await DockerAsync("network", "rm", "used")).Exits(1).Says($"network used has active endpoints (name:\"user\" id:\"{id[..12]}\")");
        Assert.Contains("unused", (await DockerAsync("network", "prune", "-f")).Exits(0).Lines);

        Assert.Contains("used", (await DockerAsync("network", "ls", "--format", "{{.Name}}")).Exits(0).Lines);
        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("network", "rm", "used")).Exits(0);
    }

    [RootFact]
    public async Task Networks_are_isolated_from_each_other_in_both_families()
    {
        (await DockerAsync("network", "create", "--ipv6", "one")).Exits(0);
        (await DockerAsync("network", "create", "--ipv6", "two")).Exits(0);
        string server = await StartAsync(Serve, "--network", "one", "--name", "server");
        string address = await InspectAsync(server, "{{.NetworkSettings.Networks.one.IPAddress}}");
        string addressV6 = await InspectAsync(server, "{{.NetworkSettings.Networks.one.GlobalIPv6Address}}");

        foreach (string url in new[] { $"http://{address}/", $"http://[{addressV6}]/" })
        {
            await Eventually.HoldsAsync($"{url} answers its network", async () => (await ShellAsync($"timeout 5 wget -qO- {url}", "--network", "one")).Stdout == "served\n");
            Assert.NotEqual(0, (await ShellAsync($"timeout 2 wget -qO- {url}; exit $?", "--network", "two")).ExitCode);
            Assert.NotEqual(0, (await ShellAsync($"timeout 2 wget -qO- {url}; exit $?")).ExitCode);
        }
    }

    [RootFact]
    public async Task Internal_network_has_no_way_out()
    {
        using Server neighbour = await Server.StartNeighbourAsync(Host, 8000);
        (await DockerAsync("network", "create", "--internal", "inside")).Exits(0);
        string server = await StartAsync(Serve, "--network", "inside", "--name", "server");

        await Eventually.HoldsAsync("the server answers inside", async () => (await ShellAsync("timeout 5 wget -qO- http://server/", "--network", "inside")).Stdout == "served\n");
        (await ShellAsync($"! timeout 2 wget -qO- http://{TestHost.NeighbourAddress}:8000/; ! ip route | grep default", "--network", "inside")).Exits(0);
        string gateway = (string)(await Api.GetJsonAsync("/networks/inside"))["IPAM"]!["Config"]![0]!["Gateway"]!;
        (await ShellAsync($"ip route add default via {gateway}; ! timeout 2 wget -qO- http://{TestHost.NeighbourAddress}:8000/", "--network", "inside", "--cap-add", "NET_ADMIN")).Exits(0);
        Assert.Equal("", await InspectAsync(server, "{{.NetworkSettings.Networks.inside.Gateway}}"));
    }

    [RootFact]
    public async Task Containers_without_icc_do_not_reach_each_other()
    {
        (await DockerAsync("network", "create", "--opt", "com.docker.network.bridge.enable_icc=false", "quiet")).Exits(0);
        string server = await StartAsync(Serve, "--network", "quiet", "--name", "server");
        string address = await InspectAsync(server, "{{.NetworkSettings.Networks.quiet.IPAddress}}");
        await Eventually.HoldsAsync("the server answers the host", async () => (await Host.RunAsync("busybox", "wget", "-qO-", $"http://{address}/")).Stdout == "served\n");

        Assert.NotEqual(0, (await ShellAsync("timeout 2 wget -qO- http://server/; exit $?", "--network", "quiet")).ExitCode);
    }

    [RootFact]
    public async Task Running_container_is_connected_and_disconnected()
    {
        (await DockerAsync("network", "create", "first")).Exits(0);
        (await DockerAsync("network", "create", "--subnet", "10.5.0.0/24", "second")).Exits(0);
        string id = await StartAsync(Serve, "--network", "first", "--name", "server", "-p", "8080:80");

        (await DockerAsync("network", "connect", "--ip", "10.5.0.9", "--alias", "nine", "second", "server")).Exits(0);
        Assert.Equal("10.5.0.9", await InspectAsync(id, "{{.NetworkSettings.Networks.second.IPAddress}}"));
        await Eventually.HoldsAsync("it answers on the second", async () => (await ShellAsync("timeout 5 wget -qO- http://nine/", "--network", "second")).Stdout == "served\n");
        (await DockerAsync("network", "connect", "second", "server")).Exits(1).Says("endpoint with name server already exists in network second");

        (await DockerAsync("network", "disconnect", "first", "server")).Exits(0);
        Assert.Contains("default via 10.5.0.1 dev eth1", (await DockerAsync("exec", id, "ip", "route")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal("served\n", (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:8080/")).Stdout);
        (await DockerAsync("network", "disconnect", "first", "server")).Exits(1).Says("is not connected to network first");

        (await DockerAsync("restart", "-t", "0", "server")).Exits(0);
        Assert.Equal("10.5.0.9", await InspectAsync(id, "{{.NetworkSettings.Networks.second.IPAddress}}"));
        Assert.Equal(["eth0", "lo"], (await DockerAsync("exec", id, "ls", "/sys/class/net")).Exits(0).Lines);
    }

    [RootFact]
    public async Task Interface_is_named_and_set_as_asked()
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        const string Options = "name=net,driver-opt=com.docker.network.endpoint.ifname=red0,driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1";
        Assert.Equal(
            "red0\n1\n", (await ShellAsync("ls /sys/class/net | grep -v lo; cat /proc/sys/net/ipv4/conf/red0/log_martians", "--network", Options)).Exits(0).Stdout);
        (await DockerAsync("run", "--rm", "--network", "name=net,driver-opt=com.docker.network.endpoint.ifname=a/b", "busybox", "true")).Exits(125).Says("a link's name has");
        (await DockerAsync("run", "--rm", "--network", "name=net,driver-opt=com.docker.network.endpoint.sysctls=kernel.panic=1", "busybox", "true")).Exits(125).Says("IFNAME");
    }

    [RootFact]
    public async Task Network_is_made_from_a_configuration()
    {
        (await DockerAsync("network", "create", "--config-only", "--subnet", "10.5.0.0/24", "--label", "a=b", "-o", "com.docker.network.driver.mtu=1400", "config")).Exits(0);
        (await DockerAsync("network", "create", "--config-from", "nothing", "net")).Exits(1).Says("configuration network \"nothing\" does not exist");
        (await DockerAsync("network", "create", "--config-from", "config", "--subnet", "10.6.0.0/24", "net")).Exits(1).Says("user specified configurations are not supported");
        (await DockerAsync("network", "create", "--config-from", "config", "net")).Exits(0);

        JToken shown = await Api.GetJsonAsync("/networks/net");
        Assert.Equal(("10.5.0.0/24", "b", "config"), ((string?)shown["IPAM"]!["Config"]![0]!["Subnet"], (string?)shown["Labels"]!["a"], (string?)shown["ConfigFrom"]!["Network"]));
        Assert.Equal("1400\n", (await ShellAsync("cat /sys/class/net/eth0/mtu", "--network", "net")).Exits(0).Stdout);
        (await DockerAsync("run", "--rm", "--network", "config", "busybox", "true")).Exits(125).Says("cannot create endpoint on configuration-only network");
        (await DockerAsync("network", "rm", "config")).Exits(1).Says("configuration network \"config\" is in use");
        (await DockerAsync("network", "rm", "net", "config")).Exits(0);
    }

    [RootFact]
    public async Task Disconnect_by_force_of_what_is_not_there_says_so()
    {
        (await DockerAsync("network", "create", "net")).Exits(0);
        (await DockerAsync("network", "disconnect", "-f", "net", "ghost")).Exits(1).Says("No such container: ghost");
        string id = await StartAsync("sleep 1000", "--network", "net", "--name", "there");
        (await DockerAsync("network", "disconnect", "-f", "net", "there")).Exits(0);
        Assert.Equal(["lo"], (await DockerAsync("exec", id, "ls", "/sys/class/net")).Exits(0).Lines);
    }

    [RootFact]
    public async Task Rtctl_makes_connects_and_removes_as_docker_does()
    {
        (await RtctlAsync(
            "network", "create", "--subnet", "10.5.0.0/24", "--ip-range", "10.5.0.128/25", "--gateway", "10.5.0.254", "--aux-address", "nas=10.5.0.128", "--subnet", "fd01:5::/64",
            "--ipv6", "--label", "a=b", "-o", "com.docker.network.driver.mtu=1400", "first")).Exits(0);
        (await RtctlAsync("network", "create", "--subnet", "10.6.0.0/24", "--internal", "second")).Exits(0);
        JToken shown = await Api.GetJsonAsync("/networks/first");
        Assert.Equal(["10.5.0.0/24", "fd01:5::/64"], shown["IPAM"]!["Config"]!.Select(pool => (string)pool["Subnet"]!));
        Assert.Equal("10.5.0.128", (string?)shown["IPAM"]!["Config"]![0]!["AuxiliaryAddresses"]!["nas"]);

        string id = (await RtctlAsync("run", "-d", "--name", "web", "--network", "name=first,alias=www,ip=10.5.0.200,ip6=fd01:5::77", "busybox", "sleep", "1000")).Exits(0).Line;
        (await RtctlAsync("network", "connect", "--ip", "10.6.0.9", "--alias", "nine", "second", "web")).Exits(0);
        Assert.Equal("10.5.0.200 fd01:5::77 10.6.0.9", await InspectAsync(
            id, "{{.NetworkSettings.Networks.first.IPAddress}} {{.NetworkSettings.Networks.first.GlobalIPv6Address}} {{.NetworkSettings.Networks.second.IPAddress}}"));
        Assert.Contains("Address: 10.6.0.9\n", (await ShellAsync("nslookup -type=a nine", "--network", "second", "--dns-search", ".")).Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("Address: 10.5.0.200\n", (await ShellAsync("nslookup -type=a www", "--network", "first", "--dns-search", ".")).Exits(0).Stdout, StringComparison.Ordinal);

        (await RtctlAsync("network", "disconnect", "second", "web")).Exits(0);
        (await RtctlAsync("network", "inspect", "first", "-f", "{{json .Containers}}")).Exits(0);
        Assert.Contains("second", (await RtctlAsync("network", "prune", "-f")).Exits(0).Lines);
        (await RtctlAsync("network", "rm", "first")).Exits(1).Says("network first has active endpoints");
        (await RtctlAsync("rm", "-f", "web")).Exits(0);
        (await RtctlAsync("network", "rm", "first")).Exits(0);
    }

    [RootFact]
    public async Task Several_networks_at_create_and_a_gateway_by_priority()
    {
        (await DockerAsync("network", "create", "--subnet", "10.5.0.0/24", "aa")).Exits(0);
        (await DockerAsync("network", "create", "--subnet", "10.6.0.0/24", "bb")).Exits(0);

        string routes = (await ShellAsync("ip route", "--network", "aa", "--network", "name=bb,gw-priority=1,ip=10.6.0.77")).Exits(0).Stdout;

        Assert.Contains("default via 10.6.0.1", routes, StringComparison.Ordinal);
        Assert.Contains("src 10.6.0.77", routes, StringComparison.Ordinal);
        Assert.Contains("10.5.0.0/24 dev eth0", routes, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Networks_are_there_again_after_a_crash()
    {
        (await DockerAsync("network", "create", "--ipv6", "--label", "kept=yes", "kept")).Exits(0);
        JToken before = await Api.GetJsonAsync("/networks/kept");
        string id = await StartAsync(Serve, "--network", "kept", "--name", "server");

        await Daemon.KillAsync();
        await Daemon.StartAsync();

        Assert.True(JToken.DeepEquals(WithoutContainers(before), WithoutContainers(await Api.GetJsonAsync("/networks/kept"))));
        (await DockerAsync("start", id)).Exits(0);
        await Eventually.HoldsAsync("it answers by name", async () => (await ShellAsync("timeout 5 wget -qO- http://server/", "--network", "kept")).Stdout == "served\n");
        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("network", "rm", "kept")).Exits(0);
        await Fixture.RebaseAsync();
    }

    [RootFact]
    public async Task Rounds_of_many_networks_leave_nothing()
    {
        const int Networks = 50;
        for (int round = 0; round < Amount.NetworkRounds; round++)
        {
            string id = await StartAsync("sleep 1000");
            for (int number = 0; number < Networks; number++)
            {
                using HttpResponseMessage made = await Api.PostJsonAsync("/networks/create", new { Name = $"net-{number}", EnableIPv6 = number % 2 == 0 });
                Assert.Equal(201, (int)made.StatusCode);
                using HttpResponseMessage connected = await Api.PostJsonAsync($"/networks/net-{number}/connect", new { Container = id });
                Assert.Equal(200, (int)connected.StatusCode);
            }

            (await DockerAsync("rm", "-f", id)).Exits(0);
            Assert.Equal(Networks, (await DockerAsync("network", "prune", "-f")).Exits(0).Lines.Count(line => line.StartsWith("net-", StringComparison.Ordinal)));
        }
    }

    private static JToken WithoutContainers(JToken network)
    {
        network["Containers"] = new JObject();
        return network;
    }
}
