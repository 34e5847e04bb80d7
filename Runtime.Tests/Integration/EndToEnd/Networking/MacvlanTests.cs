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
    public async Task Parent_must_be_there()
    {
        (await DockerAsync("network", "create", "-d", "macvlan", "-o", "parent=nothing0", "net")).Exits(1).Says("the host has no such link");
        (await DockerAsync("network", "create", "-d", "ipvlan", "net")).Exits(1).Says("parent=NAME");
        (await DockerAsync("network", "create", "-d", "macvlan", "-o", "parent=lo", "-o", "macvlan_mode=odd", "net")).Exits(1).Says("macvlan mode 'odd' is not valid");
    }
}
