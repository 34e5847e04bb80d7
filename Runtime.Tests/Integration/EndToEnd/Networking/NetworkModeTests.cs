using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary><c>--network none</c>, <c>host</c> and <c>container:ID</c>.</summary>
public sealed class NetworkModeTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task None_has_loopback_only()
    {
        Assert.Equal("lo\n", (await ShellAsync("ls /sys/class/net; ping -c 1 -W 5 127.0.0.1 >/dev/null", "--network", "none")).Exits(0).Stdout);
        Assert.Equal("", (await ShellAsync("ip route", "--network", "none")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Host_is_the_hosts()
    {
        CommandResult result = (await ShellAsync("readlink /proc/self/ns/net; hostname; ip addr show eth0", "--network", "host")).Exits(0);

        Assert.Equal(new FileInfo($"/proc/{Daemon.Pid}/ns/net").LinkTarget, result.Lines[0]);
        Assert.Equal(Environment.MachineName, result.Lines[1]);
        Assert.Contains($"inet {TestHost.Address}/24", result.Stdout, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Container_is_the_other_ones()
    {
        string first = await StartAsync("sleep 1000", "-h", "box");

        string script = "readlink /proc/self/ns/net; hostname; ip addr show eth0 | grep inet; cat /etc/hosts";
        string inside = (await DockerAsync("exec", first, "sh", "-c", script)).Exits(0).Stdout;
        string second = (await ShellAsync(script, "--network", $"container:{first}")).Exits(0).Stdout;

        Assert.Equal(inside, second);
    }

    [RootFact]
    public async Task Container_that_is_not_there_or_does_not_run_is_refused()
    {
        (await ShellAsync("true", "--network", "container:nobody")).Exits(125).Says("no such container: nobody");
        string created = (await DockerAsync("create", "busybox")).Exits(0).Line;

        CommandResult result = await ShellAsync("true", "--network", $"container:{created}");

        result.Exits(125).Says("non running container");
    }

    [RootFact]
    public async Task Network_that_is_not_there_is_refused() =>
        (await ShellAsync("true", "--network", "no-such-network")).Exits(125).Says("network no-such-network not found");
}
