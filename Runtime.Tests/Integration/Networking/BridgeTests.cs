using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Networking;
using Xunit;

namespace Rtd.Tests.Integration.Networking;

public sealed class BridgeTests
{
    [NetworkFact]
    public async Task Containers_reach_each_other_and_the_gateway()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        (FakeContainer first, ISandbox a) = await host.AttachAsync(service);
        using FakeContainer firstOwner = first;
        (FakeContainer second, ISandbox b) = await host.AttachAsync(service);
        using FakeContainer secondOwner = second;

        Assert.Equal("172.17.0.2", a.Endpoints[0].Address!.ToString());
        Assert.Equal("172.17.0.3", b.Endpoints[0].Address!.ToString());
        Assert.Equal("02:42:ac:11:00:02", a.Endpoints[0].MacAddress);
        await first.RunAsync("busybox ping -c 1 -W 2 172.17.0.3 && busybox ping -c 1 -W 2 172.17.0.1");
        using Socket server = await Traffic.ServeTcpAsync(second.Thread, 80);
        Assert.Equal("172.17.0.2 hello", await Traffic.AskTcpAsync(first.Thread, b.Endpoints[0].Address!, 80));
    }

    [NetworkFact]
    public async Task The_inside_is_as_asked()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync(host.Options with { Mtu = 1400 });
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service);
        using FakeContainer owner = container;

        string links = await container.RunAsync("ip -o link");
        Assert.Contains("lo: <LOOPBACK,UP,LOWER_UP>", links);
        Assert.Matches(@"eth0@if\d+: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1400 .*link/ether 02:42:ac:11:00:02", links);
        Assert.Contains("inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0", await container.RunAsync("ip -o -4 addr show eth0"));
        Assert.Equal("default via 172.17.0.1 dev eth0 \n172.17.0.0/16 dev eth0 proto kernel scope link src 172.17.0.2 \n",
            await container.RunAsync("ip route"));
        Assert.Equal("172.17.0.1", endpoint.Endpoints[0].Gateway!.ToString());
    }

    [NetworkFact]
    public async Task No_IPv6_on_a_v4_only_network()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        (FakeContainer container, _) = await host.AttachAsync(service);
        using FakeContainer owner = container;

        Assert.Equal("", await container.RunAsync("ip -6 addr show dev eth0"));
        Assert.Equal("", await host.RunAsync("ip -6 addr | grep -v 'lo:' | grep inet6 | grep -v ::1 || true"));
        Assert.Equal("0", (await host.Thread.RunAsync(() => File.ReadAllText("/proc/sys/net/ipv6/conf/rtd0/accept_ra"))).Trim());
        Assert.Equal("1", (await host.Thread.RunAsync(() => File.ReadAllText("/proc/sys/net/ipv6/conf/rtd0/disable_ipv6"))).Trim());
    }

    [NetworkFact]
    public async Task Outgoing_traffic_takes_the_hosts_address()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        (FakeContainer container, _) = await host.AttachAsync(service);
        using FakeContainer owner = container;
        using Socket server = await Traffic.ServeTcpAsync(host.Outside.Thread, 80);

        // The neighbour has no route to 172.17.0.0/16: an answer proves the translation, the text which address.
        Assert.Equal("203.0.113.1 hello", await Traffic.AskTcpAsync(container.Thread, TestHost.OutsideAddress, 80));
    }

    [NetworkFact]
    public async Task Without_icc_containers_do_not_reach_each_other_but_the_world()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync(host.Options with { Icc = false });
        (FakeContainer first, _) = await host.AttachAsync(service);
        using FakeContainer firstOwner = first;
        (FakeContainer second, ISandbox b) = await host.AttachAsync(service, TestHost.Tcp(81, 8081));
        using FakeContainer secondOwner = second;
        using Socket server = await Traffic.ServeTcpAsync(second.Thread, 80);
        using Socket published = await Traffic.ServeTcpAsync(second.Thread, 81);
        using Socket outside = await Traffic.ServeTcpAsync(host.Outside.Thread, 80);

        Assert.Null(await Traffic.AskTcpAsync(first.Thread, b.Endpoints[0].Address!, 80));
        Assert.NotNull(await Traffic.AskTcpAsync(first.Thread, TestHost.OutsideAddress, 80));
        Assert.NotNull(await Traffic.AskTcpAsync(first.Thread, TestHost.HostAddress, 8081));

        // By way of the gateway as a router, past the bridge's own isolation.
        await first.RunAsync("ip route add 172.17.0.3/32 via 172.17.0.1 dev eth0");
        Assert.Null(await Traffic.AskTcpAsync(first.Thread, b.Endpoints[0].Address!, 80));
    }

    [NetworkFact]
    public async Task A_subnet_that_the_host_routes_elsewhere_is_left_alone()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        await host.RunAsync("ip route add 172.17.128.0/24 via 203.0.113.2 dev up0; ip addr add 172.18.5.5/24 dev lo");
        using (NetworkService service = await host.StartAsync())
        {
            Assert.Equal("172.19.0.0/16", service.Find("bridge").Pools[0].Subnet.ToString());
        }

        // The next daemon keeps what it had, though its own bridge routes it now and the first choice is free again.
        await host.RunAsync("ip route del 172.17.128.0/24");
        using NetworkService second = await host.StartAsync();
        Assert.Equal("172.19.0.0/16", second.Find("bridge").Pools[0].Subnet.ToString());
        Assert.Contains("inet 172.19.0.1/16", await host.RunAsync("ip -4 addr show rtd0"));
    }

    [NetworkFact]
    public async Task Other_settings_replace_the_default_bridges_address()
    {
        using TestHost host = new();
        using (NetworkService service = await host.StartAsync())
        {
            Assert.Equal("172.17.0.1", service.Find("bridge").Pools[0].Gateway!.ToString());
        }

        using NetworkService second = await host.StartAsync(host.Options with { Bip = "10.9.0.1/24", FixedCidr = "10.9.0.128/25" });
        string addresses = await host.RunAsync("ip -4 addr show rtd0");
        Assert.Contains("inet 10.9.0.1/24", addresses);
        Assert.DoesNotContain("172.17.0.1", addresses);
        ISandbox endpoint = await host.Thread.RunAsync(() => second.AllocateAsync(TestHost.Request(), CancellationToken.None));
        Assert.Equal("10.9.0.128", endpoint.Endpoints[0].Address!.ToString());
        Assert.Equal(24, endpoint.Endpoints[0].PrefixLength);
    }

    [NetworkFact]
    public async Task A_users_bridge_keeps_its_address()
    {
        using TestHost host = new();
        await host.RunAsync("ip link add br7 type bridge; ip addr add 10.7.0.1/24 dev br7");
        using NetworkService service = await host.StartAsync(host.Options with { BridgeName = "br7" });
        ISandbox endpoint = await host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(), CancellationToken.None));
        Assert.Equal("10.7.0.2", endpoint.Endpoints[0].Address!.ToString());
        Assert.Contains("10.7.0.1/24", await host.RunAsync("ip -4 addr show br7"));
    }

    [NetworkFact]
    public async Task A_link_that_is_no_bridge_is_refused()
    {
        using TestHost host = new();
        await host.RunAsync("ip link add rtd0 type veth peer name other");
        var error = await Assert.ThrowsAsync<Daemon.Errors.EngineException>(() => host.StartAsync());
        Assert.Equal("bridge rtd0: there is a link of that name which is no bridge", error.Message);
    }

    [NetworkFact]
    public async Task Many_at_once_get_an_address_each()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        ISandbox[] endpoints = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ =>
            Task.Run(() => service.AllocateAsync(TestHost.Request(), CancellationToken.None))));
        Assert.Equal(300, endpoints.Select(e => e.Endpoints[0].Address).Distinct().Count());
        Assert.DoesNotContain(endpoints, e => e.Endpoints[0].Address!.Equals(IPAddress.Parse("172.17.0.1")));
        await Task.WhenAll(endpoints.Select(e => Task.Run(e.ReleaseAsync)));
        ISandbox next = await service.AllocateAsync(TestHost.Request(), CancellationToken.None);
        Assert.Equal("172.17.0.2", next.Endpoints[0].Address!.ToString());
    }
}
