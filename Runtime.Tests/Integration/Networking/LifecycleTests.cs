using System.Net.Sockets;
using Rtd.Daemon.Networking;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;
using Xunit;

namespace Rtd.Tests.Integration.Networking;

[Collection(UndisturbedCollection.Name)]
public sealed class LifecycleTests
{
    private const string HostPicture = "ip -o link | sed 's/^[0-9]*: //; s/: .*//' | sort; ip -o addr | sort; ip route | sed 's/ linkdown//' | sort; nft list ruleset; ss -Hlntu";

    [NetworkFact]
    public async Task Release_leaves_nothing()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        PortRequest[] ports = [TestHost.Tcp(80, 8080), TestHost.Udp(53, 5353), TestHost.Tcp(81, 8081, "127.0.0.1"), TestHost.Udp(82, 8082, "203.0.113.1")];
        await UseAsync(host, service, ports, kill: false);
        string before = await host.RunAsync(HostPicture);
        int fds = CountFds();

        const int Rounds = 10;
        for (int round = 0; round < Rounds; round++)
        {
            await UseAsync(host, service, ports, kill: round % 2 == 0);
            Assert.Equal(before, await host.RunAsync(HostPicture));
        }

        // The test runner's own fds come and go by a few; one lost per container, or per port, would be ten and more.
        Assert.InRange(CountFds(), 0, fds + Rounds / 2);
        Assert.Empty(service.Find("bridge").Endpoints);
    }

    [NetworkFact]
    public async Task An_endpoint_may_be_released_at_any_point()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        ISandbox unused = await host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(TestHost.Tcp(80, 80)), CancellationToken.None));
        await host.Thread.RunAsync(unused.ReleaseAsync);
        await host.Thread.RunAsync(unused.ReleaseAsync);
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Thread.RunAsync(() => unused.ConnectAsync(1, CancellationToken.None)));

        // A second release must not take away what another endpoint has been given since.
        ISandbox next = await host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(TestHost.Tcp(80, 80)), CancellationToken.None));
        Assert.Equal(unused.Endpoints[0].Address, next.Endpoints[0].Address);
        await host.Thread.RunAsync(unused.ReleaseAsync);
        ISandbox third = await host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(), CancellationToken.None));
        Assert.NotEqual(next.Endpoints[0].Address, third.Endpoints[0].Address);
        await host.Thread.RunAsync(next.ReleaseAsync);
        await host.Thread.RunAsync(third.ReleaseAsync);
    }

    [NetworkFact]
    public async Task A_failed_connect_leaves_nothing_and_says_why()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        string before = await host.RunAsync(HostPicture);
        ISandbox endpoint = await host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(TestHost.Tcp(80, 80)), CancellationToken.None));
        SyscallException error = await Assert.ThrowsAsync<SyscallException>(() =>
            host.Thread.RunAsync(() => endpoint.ConnectAsync(int.MaxValue, CancellationToken.None)));
        Assert.Equal(Libc.ENOENT, error.Errno);
        Assert.StartsWith("openat /proc/", error.Message);
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
        Assert.Equal(before, await host.RunAsync(HostPicture));
    }

    [NetworkFact]
    public async Task A_failed_setup_inside_says_which_step()
    {
        using FakeContainer container = FakeContainer.Start();
        NetworkState state = new(true,
            [new NetworkInterface("missing0", "eth0", [], 0, [])], []);
        SyscallException missing = await Assert.ThrowsAsync<SyscallException>(() => container.ApplyAsync(state));
        Assert.Equal("find link missing0: no such device", missing.Message);

        await container.RunAsync("ip link add tmp0 type veth peer name tmp1");
        NetworkInterface link = new("tmp0", "eth0", [2, 0, 0, 0, 0, 9], 1300, [new InterfaceAddress(System.Net.IPAddress.Parse("10.1.0.2"), 24)]);
        NetworkRoute unreachable = new(System.Net.IPAddress.Any, 0, System.Net.IPAddress.Parse("10.2.0.1"), "eth0");
        SyscallException route = await Assert.ThrowsAsync<SyscallException>(() => container.ApplyAsync(new NetworkState(true, [link], [unreachable])));
        Assert.Equal(Libc.ENETUNREACH, route.Errno);
        Assert.StartsWith("add route 0.0.0.0/0 via 10.2.0.1 dev eth0 (", route.Message);
        Assert.Matches("eth0@tmp1: .* mtu 1300 .* link/ether 02:00:00:00:00:09", await container.RunAsync("ip -o link"));
    }

    [NetworkFact]
    public async Task The_next_daemon_sweeps_what_a_killed_one_left_and_nothing_else()
    {
        using TestHost host = new();
        await host.RunAsync("ip link set lo up");
        NetworkService killed = await host.StartAsync();
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(killed, TestHost.Tcp(80, 8080));
        using FakeContainer owner = container;
        string ours = $"veth{endpoint.Endpoints[0].EndpointId[..11]}";
        Assert.Contains(ours, await host.RunAsync("ip link"));
        Assert.Contains($"alias rtd:{endpoint.Endpoints[0].EndpointId}", await host.RunAsync("ip link"));
        // Of others: on our bridge without the mark, and off it with one.
        await host.RunAsync("ip link add vethother type veth peer name p1; ip link set vethother master rtd0; "
            + "ip link add vethalien type veth peer name p2; ip link set vethalien alias rtd:alien");
        string networkId = killed.Find("bridge").Record.Id;
        Assert.Contains("tcp . 8080 : 172.17.0.2 . 80", await host.RunAsync("nft list map ip rtd ports"));

        using NetworkService next = await host.StartAsync();
        await host.Thread.RunAsync(() => next.SweepAsync(CancellationToken.None));
        string links = await host.RunAsync("ip link");
        Assert.DoesNotContain(ours, links);
        Assert.Contains("vethother", links);
        Assert.Contains("vethalien", links);
        Assert.DoesNotContain("8080", await host.RunAsync("nft list ruleset"));
        Assert.Equal(networkId, next.Find("bridge").Record.Id);
        Assert.Equal(networkId, next.Find(networkId[..12]).Record.Id);
        Assert.Equal("172.17.0.2", (await next.AllocateAsync(TestHost.Request(), CancellationToken.None)).Endpoints[0].Address!.ToString());
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
        killed.Dispose();
    }

    [NetworkFact]
    public async Task A_sweep_spares_what_is_in_use()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Tcp(80, 8080));
        using FakeContainer owner = container;
        await host.Thread.RunAsync(() => service.SweepAsync(CancellationToken.None));
        using Socket server = await Traffic.ServeTcpAsync(container.Thread, 80);
        Assert.Equal("203.0.113.2 hello", await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080));
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    [NetworkFact]
    public async Task A_clean_stop_removes_the_table_and_leaves_the_bridge_and_foreign_rules()
    {
        using TestHost host = new();
        const string Foreign = "nft add table inet mine; nft add chain inet mine f '{ type filter hook forward priority 0; policy drop; }'; nft add rule inet mine f counter; "
            + "nft add table ip rtd2; nft list table inet mine; nft list table ip rtd2";
        string foreign = await host.RunAsync(Foreign);
        using NetworkService service = await host.StartAsync();
        Assert.Equal(["WARNING: table inet mine chain f drops forwarded packets that its rules do not know: containers reach other hosts, and other hosts their ports, only where those rules say so"],
            service.Warnings);
        (FakeContainer container, _) = await host.AttachAsync(service, TestHost.Tcp(80, 8080));
        using FakeContainer owner = container;

        await host.Thread.RunAsync(() => service.ShutdownAsync());
        Assert.Equal(foreign, await host.RunAsync("nft list ruleset"));
        string links = await host.RunAsync("ip -o link");
        Assert.Contains("rtd0", links);
        Assert.DoesNotContain("veth", links);
        await host.Thread.RunAsync(() => service.ShutdownAsync(removeBridge: true));
        Assert.DoesNotContain("rtd0", await host.RunAsync("ip -o link"));
    }

    [NetworkFact]
    public async Task A_flushed_ruleset_heals_with_the_next_published_port()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        (FakeContainer first, ISandbox a) = await host.AttachAsync(service, TestHost.Tcp(80, 8080));
        using FakeContainer firstOwner = first;
        using Socket server = await Traffic.ServeTcpAsync(first.Thread, 80);
        await host.RunAsync("nft flush ruleset");
        // Meanwhile the forwarder serves, with the host's address.
        await Hosting.Eventually.HoldsAsync("the client's own address is seen again", async () => await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080) == "203.0.113.2 hello");

        (FakeContainer second, ISandbox b) = await host.AttachAsync(service, TestHost.Tcp(80, 8081));
        using FakeContainer secondOwner = second;
        Assert.Equal("203.0.113.2 hello", await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080));
        await host.RunAsync("nft flush ruleset");
        await host.Thread.RunAsync(b.ReleaseAsync);
        Assert.Contains("8080", await host.RunAsync("nft list map ip rtd ports"));
        await host.Thread.RunAsync(a.ReleaseAsync);
    }

    [NetworkFact]
    public async Task Without_the_firewall_no_rule_is_touched()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync(host.Options with { Firewall = false });
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, TestHost.Tcp(80, 8080));
        using FakeContainer owner = container;
        Assert.Equal("", await host.RunAsync("nft list ruleset"));
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
        await host.Thread.RunAsync(() => service.ShutdownAsync());
    }

    [NetworkFact]
    public async Task Without_a_bridge_only_modes_are_left()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync(host.Options with { BridgeName = "none" });
        Assert.Equal(["host", "none"], service.Networks.Select(n => n.Record.Name));
        Assert.Equal("1: lo: <LOOPBACK> mtu 65536 qdisc noop state DOWN mode DEFAULT group default qlen 1000", (await host.RunAsync("ip -o link"))[..86].TrimEnd('\\'));
        Assert.Equal("", await host.RunAsync("nft list ruleset"));
        var error = await Assert.ThrowsAsync<Daemon.Errors.EngineException>(() => service.AllocateAsync(TestHost.Request(), CancellationToken.None));
        Assert.Equal("network bridge not found", error.Message);
    }

    [NetworkFact]
    public async Task Many_start_and_end_at_once()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await host.StartAsync();
        string before = await host.RunAsync(HostPicture);
        List<NamespaceThread> threads = [];
        for (int i = 0; i < 4; i++)
        {
            threads.Add(await NamespaceThread.BesideAsync(host.Thread));
        }

        await Task.WhenAll(threads.Select(thread => thread.RunAsync(async () =>
        {
            for (int round = 0; round < 6; round++)
            {
                using FakeContainer container = FakeContainer.Start();
                ISandbox endpoint = await service.AllocateAsync(TestHost.Request(TestHost.Tcp(80, 0), TestHost.Udp(80, 0)), CancellationToken.None);
                await container.ApplyAsync(await endpoint.ConnectAsync(container.Pid, CancellationToken.None));
                using Socket server = await Traffic.ServeTcpAsync(container.Thread, 80);
                Assert.Equal("203.0.113.2 hello", await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, endpoint.Ports[0].HostPort));
                if (round % 2 == 0)
                {
                    container.Kill();
                }

                await endpoint.ReleaseAsync();
            }
        })));
        threads.ForEach(thread => thread.Dispose());
        Assert.Equal(before, await host.RunAsync(HostPicture));
    }

    [NetworkFact]
    public async Task Links_that_end_together_are_deleted_together_and_no_other()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        using FakeContainer container = FakeContainer.Start();
        await host.RunAsync("ip link add keep type veth peer name peer; ip link set keep master rtd0");
        List<ISandbox> endpoints = [];
        for (int i = 0; i < 20; i++)
        {
            ISandbox endpoint = await host.Thread.RunAsync(() => service.AllocateAsync(TestHost.Request(), CancellationToken.None));
            await host.Thread.RunAsync(() => endpoint.ConnectAsync(container.Pid, CancellationToken.None));
            // Out of the next one's way: a real container has a namespace of its own.
            await container.RunAsync($"ip link set eth0 name eth9{i}");
            endpoints.Add(endpoint);
        }

        await host.Thread.RunAsync(() => Task.WhenAll(endpoints.Select(endpoint => endpoint.ReleaseAsync())));
        string links = await host.RunAsync("ip -o link");
        Assert.Equal(4, links.Count(c => c == '\n'));
        Assert.Contains("keep@peer", links);
        Assert.DoesNotContain("eth9", await container.RunAsync("ip -o link"));
    }

    [NetworkFact]
    public async Task Spawned_processes_inherit_no_socket_of_the_firewall()
    {
        using TestHost host = new();
        using NetworkService service = await host.StartAsync();
        int[] sockets = [.. Directory.GetFileSystemEntries("/proc/self/fd").Select(path => int.Parse(Path.GetFileName(path)))
            .Where(fd => Libc.is_netlink(fd, Libc.NETLINK_NETFILTER) || Libc.is_netlink(fd, Libc.NETLINK_ROUTE))];
        Assert.NotEmpty(sockets);
        Assert.All(sockets, fd => Assert.Equal(Libc.FD_CLOEXEC, Libc.try_getfd(fd)));
    }

    /// <summary>libnftables waits by select(2), for which glibc ends a process whose socket has a number that does not fit (FD_SETSIZE).</summary>
    [NetworkFact]
    public async Task The_firewall_works_in_a_daemon_with_more_fds_than_select_takes()
    {
        const int FdSetSize = 1024;
        List<FileStream> held = [];
        try
        {
            while (held.Count == 0 || held[^1].SafeFileHandle.DangerousGetHandle() < FdSetSize)
            {
                held.Add(new FileStream("/dev/null", FileMode.Open));
            }

            using TestHost host = new();
            using NetworkService service = await host.StartAsync();
            Assert.Contains("rtd", await host.RunAsync("nft list tables"));
        }
        finally
        {
            held.ForEach(file => file.Dispose());
        }
    }

    private static async Task UseAsync(TestHost host, NetworkService service, PortRequest[] ports, bool kill)
    {
        (FakeContainer container, ISandbox endpoint) = await host.AttachAsync(service, ports);
        using FakeContainer owner = container;
        using (Socket server = await Traffic.ServeTcpAsync(container.Thread, 80))
        using (Socket udp = await Traffic.ServeUdpAsync(container.Thread, 53))
        {
            Assert.NotNull(await Traffic.AskTcpAsync(host.Outside.Thread, TestHost.HostAddress, 8080));
            Assert.NotNull(await Traffic.AskTcpAsync(host.Thread, System.Net.IPAddress.Loopback, 8080));
            Assert.NotNull(await Traffic.AskUdpAsync(host.Thread, System.Net.IPAddress.Loopback, 5353));
        }

        if (kill)
        {
            container.Kill();
        }

        await host.Thread.RunAsync(endpoint.ReleaseAsync);
        await host.Thread.RunAsync(endpoint.ReleaseAsync);
    }

    private static int CountFds()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }
}
