using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Networking;

/// <summary><c>-p</c>: who reaches a published port, and who does not.</summary>
public sealed class PublishedPortTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Serve = "mkdir /www; echo served > /www/index.html; exec httpd -f -h /www";

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Published_port_is_reached_from_everywhere(Cli cli)
    {
        (await Clients.RunAsync(cli, "run", "-d", "-p", "8080:80", "busybox", "sh", "-c", Serve)).Exits(0);

        await AnswersAsync("127.0.0.1:8080");
        await AnswersAsync($"{TestHost.Address}:8080");
        await AnswersNeighbourAsync($"{TestHost.Address}:8080");
    }

    [RootFact]
    public async Task Other_containers_reach_it_by_the_hosts_address()
    {
        await StartAsync(Serve, "-p", "8080:80");
        await AnswersAsync("127.0.0.1:8080");

        Assert.Equal("served\n", (await ShellAsync($"timeout 10 wget -qO- http://{TestHost.Address}:8080/")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Container_reaches_its_own_published_port()
    {
        string id = await StartAsync(Serve, "-p", "8080:80");
        await AnswersAsync("127.0.0.1:8080");

        Assert.Equal("served\n", (await DockerAsync("exec", id, "timeout", "10", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Port_of_the_loopback_address_stays_there()
    {
        await StartAsync(Serve, "-p", "127.0.0.1:8080:80");
        await AnswersAsync("127.0.0.1:8080");

        Assert.NotEqual(0, (await Host.RunAtNeighbourAsync("timeout", "2", "busybox", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).ExitCode);

        // A neighbour may route 127.0.0.0/8 to us; such packets must not pass.
        await Host.RunAtNeighbourAsync("sh", "-c", $"echo 1 > /proc/sys/net/ipv4/conf/eth0/route_localnet; ip addr del 127.0.0.1/8 dev lo; ip route add 127.0.0.1/32 via {TestHost.Address} dev eth0 src {TestHost.NeighbourAddress}");
        Assert.NotEqual(0, (await Host.RunAtNeighbourAsync("timeout", "2", "busybox", "wget", "-qO-", "http://127.0.0.1:8080/")).ExitCode);
        await Host.RunAtNeighbourAsync("sh", "-c", "ip route del 127.0.0.1/32 dev eth0; ip addr add 127.0.0.1/8 dev lo; echo 0 > /proc/sys/net/ipv4/conf/eth0/route_localnet");
    }

    [RootFact]
    public async Task Program_that_listens_on_one_family_is_reached_by_both_of_localhost()
    {
        string id = await StartAsync("mkdir /www; echo served > /www/index.html; exec httpd -f -p 0.0.0.0:80 -h /www", "-p", "8080:80");
        Assert.NotEqual("", await InspectAsync(id, "{{.NetworkSettings.GlobalIPv6Address}}"));

        await AnswersAsync("127.0.0.1:8080");
        await AnswersAsync("[::1]:8080");
    }

    [RootFact]
    public async Task Unpublished_port_is_not_reached_from_outside()
    {
        string id = await StartAsync(Serve);
        string address = await InspectAsync(id, "{{(index .NetworkSettings.Networks \"bridge\").IPAddress}}");
        await AnswersAsync($"{address}:80");

        await Host.RunAtNeighbourAsync("ip", "route", "add", $"{address}/32", "via", TestHost.Address);
        Assert.NotEqual(0, (await Host.RunAtNeighbourAsync("timeout", "2", "busybox", "wget", "-qO-", $"http://{address}:80/")).ExitCode);
        await Host.RunAtNeighbourAsync("ip", "route", "del", $"{address}/32");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Free_port_is_chosen_and_told(Cli cli)
    {
        string id = (await Clients.RunAsync(cli, "run", "-d", "-p", "80", "busybox", "sh", "-c", Serve)).Exits(0).Line;

        string port = await InspectAsync(id, "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}");

        Assert.InRange(int.Parse(port, null), 1024, 65535);
        await AnswersAsync($"127.0.0.1:{port}");
        Assert.Contains($"0.0.0.0:{port}->80/tcp", (await Clients.RunAsync(cli, "ps", "--format", "{{.Ports}}")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Port_in_use_is_refused_and_free_after_rm(Cli cli)
    {
        string id = await StartAsync("sleep 1000", "-p", "8080:80");

        CommandResult second = await Clients.RunAsync(cli, "run", "--rm", "-p", "8080:80", "busybox", "true");
        second.Exits(125).Says("port is already allocated");

        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await Clients.RunAsync(cli, "run", "--rm", "-p", "8080:80", "busybox", "true")).Exits(0);
    }

    [RootFact]
    public async Task Port_of_a_program_of_the_host_is_refused()
    {
        using Server server = new(Host.Inside("busybox", "nc", "-ll", "-p", "8080", "-e", "true"));
        await Eventually.HoldsAsync("the program listens", async () => (await Host.RunAsync("busybox", "nc", "-w", "1", "127.0.0.1", "8080")).ExitCode == 0);

        CommandResult result = await DockerAsync("run", "--rm", "-p", "8080:80", "busybox", "true");

        result.Exits(125).Says("address already in use");
    }

    [RootFact]
    public async Task Udp_port()
    {
        string id = await StartAsync("sleep 1000", "-p", "5353:53/udp");
        string pid = await InspectAsync(id, "{{.State.Pid}}");
        const string Echo = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(('0.0.0.0', 53))\nwhile True: data, peer = s.recvfrom(99); s.sendto(b'echo ' + data, peer)";
        const string Ask = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x', ('192.0.2.1', 5353)); print(s.recvfrom(99)[0].decode())";

        using Server server = new(Host.Inside("nsenter", $"--net=/proc/{pid}/ns/net", "--", "python3", "-c", Echo));

        await Eventually.HoldsAsync("a datagram comes back", async () => (await Host.RunAtNeighbourAsync("python3", "-c", Ask)).Stdout == "echo x\n");
    }

    private Task AnswersAsync(string address) =>
        Eventually.HoldsAsync($"{address} answers the host", async () => (await Host.RunAsync("timeout", "5", "busybox", "wget", "-qO-", $"http://{address}/")).Stdout == "served\n");

    private Task AnswersNeighbourAsync(string address) =>
        Eventually.HoldsAsync($"{address} answers the neighbour", async () => (await Host.RunAtNeighbourAsync("timeout", "5", "busybox", "wget", "-qO-", $"http://{address}/")).Stdout == "served\n");
}
