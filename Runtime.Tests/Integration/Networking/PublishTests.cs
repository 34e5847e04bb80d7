using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;
using Xunit;

namespace Rtd.Tests.Integration.Networking;

public sealed class PublishTests
{
    [NetworkTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_published_on_all_addresses_answers_everyone(bool firewall)
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync(host.Options with { Firewall = firewall });
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Tcp(80, 8080));
        using FakeContainer owner = container;
        (FakeContainer neighbour, _) = await host.AttachAsync(service);
        using FakeContainer neighbourOwner = neighbour;
        using Socket server = await Traffic.ServeTcpAsync(container.Thread, 80);

        // The firewall keeps the caller's address, the forwarder cannot.
        string expected = firewall ? "203.0.113.2 hello" : "172.17.0.1 hello";
        Assert.Equal(expected, await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080));
        Assert.NotNull(await Traffic.AskTcpAsync(host.Thread, TestHost.HostAddress, 8080));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskTcpAsync(host.Thread, IPAddress.Loopback, 8080));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskTcpAsync(container.Thread, TestHost.HostAddress, 8080));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskTcpAsync(container.Thread, endpoint.Endpoints[0].Gateway!, 8080));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskTcpAsync(neighbour.Thread, TestHost.HostAddress, 8080));
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    [NetworkTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_udp_port_answers_everyone(bool firewall)
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync(host.Options with { Firewall = firewall });
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Udp(53, 5353));
        using FakeContainer owner = container;
        using Socket server = await Traffic.ServeUdpAsync(container.Thread, 53);

        Assert.Equal(firewall ? "203.0.113.2 hello" : "172.17.0.1 hello", await Traffic.AskUdpAsync(host.Outside.Thread, TestHost.HostAddress, 5353));
        Assert.NotNull(await Traffic.AskUdpAsync(host.Thread, TestHost.HostAddress, 5353));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskUdpAsync(host.Thread, IPAddress.Loopback, 5353));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskUdpAsync(container.Thread, endpoint.Endpoints[0].Gateway!, 5353));
        Assert.Equal("172.17.0.1 hello", await Traffic.AskUdpAsync(container.Thread, TestHost.HostAddress, 5353));
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    [NetworkTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_port_published_on_loopback_answers_nobody_else(bool firewall)
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync(host.Options with { Firewall = firewall });
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Tcp(80, 8080, "127.0.0.1"));
        using FakeContainer owner = container;
        using Socket server = await Traffic.ServeTcpAsync(container.Thread, 80);

        Assert.Equal("172.17.0.1 hello", await Traffic.AskTcpAsync(host.Thread, IPAddress.Loopback, 8080));
        Assert.Null(await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080));
        Assert.Null(await Traffic.AskTcpAsync(container.Thread, endpoint.Endpoints[0].Gateway!, 8080));

        if (firewall)
        {
            // A neighbour that sends packets for 127.0.0.1, or for the container itself, to the host's link; even where something has set route_localnet.
            await host.RunAsync("sysctl -qw net.ipv4.conf.all.route_localnet=1");
            await host.Outside.RunAsync("sysctl -qw net.ipv4.conf.all.route_localnet=1; ip route del local 127.0.0.0/8 dev lo table local; "
                + "ip route add 127.0.0.0/8 via 203.0.113.1 src 203.0.113.2; ip route add 172.17.0.0/16 via 203.0.113.1");
            Assert.Null(await Traffic.AskTcpAsync(host.Outside.Thread, IPAddress.Loopback, 8080));
            Assert.Null(await Traffic.AskTcpAsync(host.Outside.Thread, endpoint.Endpoints[0].Address!, 80));
        }

        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    [NetworkFact]
    public async Task A_port_published_on_one_address_answers_there_alone()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        await host.RunAsync("ip addr add 203.0.113.9/24 dev up0");
        using NetworkService service = await host.StartAsync();
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Tcp(80, 8080, "203.0.113.9"));
        using FakeContainer owner = container;
        using Socket server = await Traffic.ServeTcpAsync(container.Thread, 80);

        Assert.Equal("203.0.113.2 hello", await Traffic.AskTcpAsync(host.Outside.Thread, IPAddress.Parse("203.0.113.9"), 8080));
        Assert.NotNull(await Traffic.AskTcpAsync(container.Thread, IPAddress.Parse("203.0.113.9"), 8080));
        Assert.Null(await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080));
        Assert.Null(await Traffic.AskTcpAsync(host.Thread, IPAddress.Loopback, 8080));
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    [NetworkFact]
    public async Task IPv6_callers_are_served_by_the_forwarder()
    {
        using TestHost host = new();
        await host.RunAsync("ip link set lo up");
        using NetworkService service = await host.StartAsync();
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Tcp(80, 0), TestHost.Tcp(80, 0, "::"));
        using FakeContainer owner = container;
        using Socket server = await Traffic.ServeTcpAsync(container.Thread, 80);

        Assert.Equal(2, endpoint.Ports.Count);
        Assert.Equal(endpoint.Ports[0].HostPort, endpoint.Ports[1].HostPort);
        Assert.Equal("172.17.0.1 hello", await Traffic.AskTcpAsync(host.Thread, IPAddress.IPv6Loopback, endpoint.Ports[1].HostPort));
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    [NetworkFact]
    public async Task A_taken_port_is_a_conflict_in_dockers_words()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        ISandbox first = await AllocateAsync(host, service, TestHost.Tcp(80, 80));
        EngineException ours = await Assert.ThrowsAsync<EngineException>(() => AllocateAsync(host, service, TestHost.Tcp(80, 80)));
        Assert.Equal(ErrorKind.Conflict, ours.Kind);
        Assert.Matches("^driver failed programming external connectivity on endpoint happy_test \\([0-9a-f]{64}\\): Bind for 0.0.0.0:80 failed: port is already allocated$",
            ours.Message);

        using Socket foreign = await Traffic.ServeTcpAsync(host.Thread, 81);
        EngineException theirs = await Assert.ThrowsAsync<EngineException>(() => AllocateAsync(host, service, TestHost.Tcp(80, 81)));
        Assert.Equal(ErrorKind.Conflict, theirs.Kind);
        Assert.EndsWith(": failed to bind host port for 0.0.0.0:81:172.17.0.3:80/tcp: address already in use", theirs.Message);
        EngineException elsewhere = await Assert.ThrowsAsync<EngineException>(() => AllocateAsync(host, service, TestHost.Tcp(80, 82, "203.0.113.77")));
        Assert.EndsWith("cannot assign requested address", elsewhere.Message);

        // Nothing of a refused request is kept: neither its other ports nor its address.
        await Assert.ThrowsAsync<EngineException>(() => AllocateAsync(host, service, TestHost.Tcp(90, 90), TestHost.Tcp(80, 80)));
        await host.Thread.RunAsync(first.ReleaseAsync);
        ISandbox second = await AllocateAsync(host, service, TestHost.Tcp(80, 80), TestHost.Tcp(90, 90));
        Assert.Equal("172.17.0.2", second.Endpoints[0].Address!.ToString());
        await host.Thread.RunAsync(second.ReleaseAsync);
    }

    [NetworkFact]
    public async Task Ranges_and_port_0_choose_free_ports()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        PortRequest range = new("tcp", 80, IPAddress.Any, 8000, 8001);
        ISandbox first = await AllocateAsync(host, service, range, TestHost.Tcp(81, 0), TestHost.Udp(81, 0));
        ISandbox second = await AllocateAsync(host, service, range, TestHost.Tcp(81, 0));
        Assert.Equal([8000, 32768, 32769], first.Ports.Select(p => p.HostPort));
        Assert.Equal([8001, 32770], second.Ports.Select(p => p.HostPort));
        EngineException full = await Assert.ThrowsAsync<EngineException>(() => AllocateAsync(host, service, range));
        Assert.EndsWith(": all ports are allocated", full.Message);
        await host.Thread.RunAsync(first.ReleaseAsync);
        await host.Thread.RunAsync(second.ReleaseAsync);
    }

    [NetworkFact]
    public async Task A_udp_client_that_never_falls_silent_reaches_the_next_container()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        using Socket client = await host.Outside.Thread.RunAsync(() =>
        {
            Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(TestHost.HostAddress, 5353);
            return socket;
        });

        // Before anything is published: the kernel now tracks the flow as one to the host itself.
        using (await Traffic.ServeUdpAsync(host.Thread, 5353))
        {
            Assert.Equal("203.0.113.2 zero", await AskAsync(client, "zero"));
        }

        for (int round = 1; round <= 2; round++)
        {
            (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Udp(53, 5353));
            using FakeContainer owner = container;
            using Socket server = await Traffic.ServeUdpAsync(container.Thread, 53);
            Assert.Equal($"203.0.113.2 {round}", await AskAsync(client, round.ToString()));
            // The next one gets another address, so only a fresh translation reaches it.
            await AllocateAsync(host, service);
            await host.Thread.RunAsync(endpoint.ReleaseAsync);
            await AllocateAsync(host, service);
        }
    }

    private static async Task<string> AskAsync(Socket client, string text)
    {
        byte[] buffer = new byte[100];
        using CancellationTokenSource timeout = new(TimeSpan.FromSeconds(5));
        await client.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), timeout.Token);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, await client.ReceiveAsync(buffer, timeout.Token));
    }

    private static Task<ISandbox> AllocateAsync(TestHost host, NetworkService service, params PortRequest[] ports) =>
        host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(ports), CancellationToken.None));
}
