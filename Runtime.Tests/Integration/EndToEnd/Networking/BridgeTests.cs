using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>The default bridge: addresses, routes, names, the way out.</summary>
public sealed class BridgeTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Interface_has_the_address_that_inspect_tells()
    {
        string id = await StartAsync("sleep 1000");
        string address = await InspectAsync(id, "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}/{{(index .NetworkSettings.Networks \"bridge\").IPPrefixLen}}");
        string mac = await InspectAsync(id, "{{(index .NetworkSettings.Networks \"bridge\").MacAddress}}");

        string eth0 = (await DockerAsync("exec", id, "ip", "addr", "show", "eth0")).Exits(0).Stdout;

        Assert.Contains($"inet {address} ", eth0, StringComparison.Ordinal);
        Assert.Contains($"link/ether {mac} ", eth0, StringComparison.Ordinal);
        Assert.Contains("mtu 1500", eth0, StringComparison.Ordinal);
        Assert.Contains(",UP,", eth0, StringComparison.Ordinal);
        Assert.Equal(["eth0", "lo"], (await DockerAsync("exec", id, "ls", "/sys/class/net")).Exits(0).Lines);
    }

    [RootFact]
    public async Task Gateway_answers()
    {
        string id = await StartAsync("sleep 1000");
        string gateway = await InspectAsync(id, "{{(index .NetworkSettings.Networks \"bridge\").Gateway}}");

        Assert.Contains($"default via {gateway} dev eth0", (await DockerAsync("exec", id, "ip", "route")).Exits(0).Stdout, StringComparison.Ordinal);
        (await DockerAsync("exec", id, "ping", "-c", "1", "-W", "5", gateway)).Exits(0);
    }

    [RootFact]
    public async Task Containers_reach_each_other()
    {
        string server = await StartAsync("mkdir /www; echo served > /www/index.html; exec httpd -f -h /www");
        string address = await InspectAsync(server, "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}");

        await Eventually.HoldsAsync("the server answers a container", async () => (await ShellAsync($"wget -qO- http://{address}/")).Stdout == "served\n");
    }

    [RootFact]
    public async Task Host_reaches_containers()
    {
        string server = await StartAsync("mkdir /www; echo served > /www/index.html; exec httpd -f -h /www");
        string address = await InspectAsync(server, "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}");

        await Eventually.HoldsAsync("the server answers the host", async () => (await Host.RunAsync("busybox", "wget", "-qO-", $"http://{address}/")).Stdout == "served\n");
    }

    [RootFact]
    public async Task Way_out_is_by_the_hosts_address()
    {
        // The neighbour has no route to the bridge: an answer proves that the host's own address stood in.
        using Server server = await Server.StartNeighbourAsync(Host, 8000);

        Assert.Equal("neighbour\n", (await ShellAsync($"wget -qO- http://{TestHost.NeighbourAddress}:8000/")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Addresses_differ_and_come_back()
    {
        List<string> ids = [];
        for (int i = 0; i < 5; i++)
        {
            ids.Add(await StartAsync("sleep 1000"));
        }

        string[] addresses = await Task.WhenAll(ids.Select(id => InspectAsync(id, "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}")));
        Assert.Distinct(addresses);
        Assert.DoesNotContain("", addresses);
        (await DockerAsync("stop", "-t", "0", ids[0])).Exits(0);
        Assert.Equal("", await InspectAsync(ids[0], "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}"));
    }

    [RootFact]
    public async Task Files_of_names()
    {
        string id = await StartAsync("sleep 1000", "-h", "box", "--add-host", "other:10.9.8.7");
        string address = await InspectAsync(id, "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}");

        string hosts = (await DockerAsync("exec", id, "cat", "/etc/hosts")).Exits(0).Stdout;

        Assert.Matches(@"(?m)^127\.0\.0\.1\s+localhost$", hosts);
        Assert.Matches($@"(?m)^{address}\s+box$", hosts);
        Assert.Matches(@"(?m)^10\.9\.8\.7\s+other$", hosts);
        Assert.Equal("box\n", (await DockerAsync("exec", id, "cat", "/etc/hostname")).Exits(0).Stdout);
        (await DockerAsync("exec", id, "ping", "-c", "1", "-W", "5", "box")).Exits(0);
    }

    [RootFact]
    public async Task Resolver_is_the_hosts_or_as_asked()
    {
        string host = (await ShellAsync("cat /etc/resolv.conf")).Exits(0).Stdout;
        string asked = (await ShellAsync("cat /etc/resolv.conf", "--dns", "198.51.100.1", "--dns-search", "asked.test", "--dns-option", "ndots:3")).Exits(0).Stdout;

        Assert.Contains($"nameserver {TestHost.Nameserver}\n", host, StringComparison.Ordinal);
        Assert.Contains("search example.test\n", host, StringComparison.Ordinal);
        Assert.Contains("nameserver 198.51.100.1\n", asked, StringComparison.Ordinal);
        Assert.Contains("search asked.test\n", asked, StringComparison.Ordinal);
        Assert.Contains("options ndots:3\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain(TestHost.Nameserver, asked, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Names_can_be_edited_inside() =>
        (await ShellAsync("echo '192.0.2.9 added' >> /etc/hosts && grep added /etc/hosts")).Exits(0);
}
