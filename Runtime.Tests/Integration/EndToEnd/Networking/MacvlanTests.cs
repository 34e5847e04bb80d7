using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary>Networks whose containers lie on a link of the host; the link is one end of a veth pair here.</summary>
public sealed class MacvlanTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Containers_are_stations_on_the_parents_network()
    {
        (await Host.RunAsync("sh", "-c", "ip link add par0 type veth peer name par1; ip link set par0 up; ip link set par1 up; ip addr add 10.8.0.250/24 dev par1")).Exits(0);
        (await DockerAsync("network", "create", "-d", "macvlan", "--subnet", "10.8.0.0/24", "--gateway", "10.8.0.250", "-o", "parent=par0", "net")).Exits(0);
        string id = await StartAsync("sleep 1000", "--network", "net", "--ip", "10.8.0.7", "--name", "station");

        (await ShellAsync("ping -c 1 -W 5 station && ping -c 1 -W 5 10.8.0.250", "--network", "net")).Exits(0);
        (await DockerAsync("network", "disconnect", "net", "station")).Exits(0);
        Assert.Equal(["lo"], (await DockerAsync("exec", id, "ls", "/sys/class/net")).Exits(0).Lines);
        (await DockerAsync("network", "connect", "net", "station")).Exits(0);
        Assert.Equal(["eth0", "lo"], (await DockerAsync("exec", id, "ls", "/sys/class/net")).Exits(0).Lines);

        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("network", "rm", "net")).Exits(0);
        (await Host.RunAsync("ip", "link", "del", "par0")).Exits(0);
    }

    [RootFact]
    public async Task Several_subnets_are_used_one_after_the_other()
    {
        (await Host.RunAsync("sh", "-c", "ip link add par0 type veth peer name par1; ip link set par0 up; ip link set par1 up")).Exits(0);

        // The docker command sends several subnets in no order.
        object ipam = new { Config = new object[] { new { Subnet = "10.8.0.0/30" }, new { Subnet = "10.9.0.0/24", Gateway = "10.9.0.9" } } };
        using HttpResponseMessage made = await Api.PostJsonAsync("/networks/create", new { Name = "net", Driver = "macvlan", Options = new { parent = "par0" }, IPAM = ipam });
        Assert.Equal(201, (int)made.StatusCode);

        string first = await StartAsync("sleep 1000", "--network", "net");
        string second = await StartAsync("sleep 1000", "--network", "net");
        string third = await StartAsync("sleep 1000", "--network", "net", "--ip", "10.9.0.77");

        const string Place = "{{.NetworkSettings.Networks.net.IPAddress}}/{{.NetworkSettings.Networks.net.IPPrefixLen}} {{.NetworkSettings.Networks.net.Gateway}}";
        Assert.Equal("10.8.0.2/30 10.8.0.1", await InspectAsync(first, Place));
        Assert.Equal("10.9.0.1/24 10.9.0.9", await InspectAsync(second, Place));
        Assert.Equal("10.9.0.77/24 10.9.0.9", await InspectAsync(third, Place));
        (await DockerAsync("rm", "-f", first, second, third)).Exits(0);
        (await DockerAsync("network", "rm", "net")).Exits(0);
        (await Host.RunAsync("ip", "link", "del", "par0")).Exits(0);
    }

    /// <summary>Some kernels have no VLAN or dummy links: there the refusal has to say so, and leave nothing.</summary>
    [RootTheory]
    [InlineData("vlan", "link par0 type vlan id 7", "parent=par0.10", "par0.10")]
    [InlineData("dummy", "type dummy", "macvlan_mode=bridge", "dm-")]
    public async Task Parent_that_is_not_there_is_made_and_goes_with_its_network(string kind, string probe, string option, string link)
    {
        (await Host.RunAsync("sh", "-c", "ip link add par0 type veth peer name par1; ip link set par0 up; ip link set par1 up")).Exits(0);
        bool canBe = (await Host.RunAsync("sh", "-c", $"ip link add name probe0 {probe} && ip link del probe0")).ExitCode == 0;

        CommandResult made = await DockerAsync("network", "create", "-d", "macvlan", "-o", option, "net");

        if (canBe)
        {
            made.Exits(0);
            Assert.Contains($" {link}", (await Host.RunAsync("ip", "-o", "link")).Exits(0).Stdout, StringComparison.Ordinal);
            string id = await StartAsync("sleep 1000", "--network", "net");
            (await DockerAsync("rm", "-f", id)).Exits(0);
            (await DockerAsync("network", "rm", "net")).Exits(0);
        }
        else
        {
            made.Exits(1).Says($"this kernel cannot make {kind} links");
            (await DockerAsync("network", "inspect", "net")).Exits(1);
        }

        Assert.DoesNotContain($" {link}", (await Host.RunAsync("ip", "-o", "link")).Exits(0).Stdout, StringComparison.Ordinal);
        (await Host.RunAsync("ip", "link", "del", "par0")).Exits(0);
    }

    [RootFact]
    public async Task Parent_must_be_there()
    {
        (await DockerAsync("network", "create", "-d", "macvlan", "-o", "parent=nothing0", "net")).Exits(1).Says("the host has no such link");
        (await DockerAsync("network", "create", "-d", "macvlan", "-o", "parent=lo", "-o", "macvlan_mode=odd", "net")).Exits(1).Says("macvlan mode 'odd' is not valid");
    }
}
