using System.Net;
using Rtd.Daemon.Networking;
using Xunit;

namespace Rtd.Tests.Integration.Networking;

/// <summary>Lets a start, a connect and a create fail before each of their steps in turn: nothing may be left, and the next attempt goes as if none had been.</summary>
[Collection(UndisturbedCollection.Name)]
public sealed class FailedStepTests
{
    private const string HostPicture = "ip -o link | sed 's/^[0-9]*: //; s/: .*//' | sort; ip -o addr | sed 's/valid_lft.*//' | sort; ip route | sed 's/ linkdown//' | sort; nft list ruleset; ss -Hlntu";
    private const string InnerPicture = "ip -o link | sed 's/@.*//'; ip -o -4 addr; ip route; ip -6 route | grep default; nft list ruleset";

    private string? _failing;
    private int _step = -1;

    [NetworkFact]
    public async Task A_start_that_fails_at_any_step_leaves_nothing()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await StartAsync(host);
        await CreateAsync(service, host, "one");
        await CreateAsync(service, host, "two");
        string before = await host.RunAsync(HostPicture);
        SandboxRequest request = Request("one", "two") with { Ports = [TestHost.Tcp(80, 8080), TestHost.Udp(53, 5353), TestHost.Tcp(81, 8081, "127.0.0.1")] };
        int steps = 0;
        string? fds = null;
        IPAddress[]? addresses = null;
        for (bool failed = true; failed; steps++)
        {
            using FakeContainer container = FakeContainer.Start();
            ISandbox? sandbox = null;
            failed = await FailsAsync(steps, () => host.Thread.RunAsync(async () =>
            {
                sandbox = await service.AllocateAsync(request, CancellationToken.None);
                await container.ApplyAsync(await sandbox.ConnectAsync(container.Pid, CancellationToken.None));
                return true;
            }));
            IPAddress[] given = [.. sandbox?.Endpoints.Select(endpoint => endpoint.Address!) ?? []];
            addresses ??= given.Length > 0 ? given : null;
            Assert.True(given.Length == 0 || given.SequenceEqual(addresses!), $"before step {_failing}: an address was not given back");
            if (sandbox is not null)
            {
                await host.Thread.RunAsync(sandbox.ReleaseAsync);
            }

            container.Kill();
            Assert.Equal((_failing, before), (_failing, await host.RunAsync(HostPicture)));
            Assert.Empty(service.Find("one").Endpoints);
            fds ??= Fds();
        }

        Assert.InRange(steps, 9, 100);
        Assert.Equal(fds, Fds());
    }

    [NetworkFact]
    public async Task A_connect_that_fails_at_any_step_leaves_the_container_as_it_was()
    {
        using TestHost host = new();
        await host.ConnectOutsideAsync();
        using NetworkService service = await StartAsync(host);

        // Its name goes before the first's, so that the ports and the default route would go by the second network.
        await CreateAsync(service, host, "one");
        await CreateAsync(service, host, "more");
        using FakeContainer container = FakeContainer.Start();
        SandboxRequest request = Request("one") with { Ports = [TestHost.Tcp(80, 8080)] };
        ISandbox sandbox = await host.Thread.RunAsync(async () =>
        {
            ISandbox made = await service.AllocateAsync(request, CancellationToken.None);
            await container.ApplyAsync(await made.ConnectAsync(container.Pid, CancellationToken.None));
            return made;
        });
        string before = await host.RunAsync(HostPicture), inside = await container.RunAsync(InnerPicture);
        int steps = 0;
        for (; await FailsAsync(steps, () => host.Thread.RunAsync(() => sandbox.AttachAsync(EndpointOf(request.ContainerId, "more"), container.Pid))); steps++)
        {
            Assert.Equal((_failing, before), (_failing, await host.RunAsync(HostPicture)));
            Assert.Equal((_failing, inside), (_failing, await container.RunAsync(InnerPicture)));
        }

        Assert.InRange(steps, 7, 100);
        Assert.Contains("eth1", await container.RunAsync("ip link"));
        await host.Thread.RunAsync(() => sandbox.DetachAsync(service.Find("more").Record.Id, container.Pid));
        Assert.Equal(before, await host.RunAsync(HostPicture));
        Assert.Equal(inside, await container.RunAsync(InnerPicture));
        await host.Thread.RunAsync(sandbox.ReleaseAsync);
    }

    [NetworkFact]
    public async Task A_create_that_fails_at_any_step_leaves_nothing()
    {
        using TestHost host = new();
        using NetworkService service = await StartAsync(host);
        string before = await host.RunAsync(HostPicture);
        int steps = 0;
        string subnet = "";
        for (; await FailsAsync(steps, () => CreateAsync(service, host, "one")); steps++)
        {
            Assert.Equal((_failing, before), (_failing, await host.RunAsync(HostPicture)));
            Assert.DoesNotContain(service.Networks, network => network.Record.Name == "one");
        }

        Assert.InRange(steps, 3, 100);
        subnet = service.Find("one").Pools[0].Subnet.ToString();
        await host.Thread.RunAsync(() => service.RemoveAsync("one"));
        Assert.Equal(before, await host.RunAsync(HostPicture));
        await CreateAsync(service, host, "again");
        Assert.Equal(subnet, service.Find("again").Pools[0].Subnet.ToString());
    }

    private Task<NetworkService> StartAsync(TestHost host) => host.StartAsync(host.Options with
    {
        IPv6 = true,
        BeforeStep = name =>
        {
            if (_step-- == 0)
            {
                _failing = name;
                throw new InjectedException(name);
            }
        },
    });

    private static Task<NetworkRecord> CreateAsync(NetworkService service, TestHost host, string name) =>
        host.Thread.RunAsync(() => service.CreateAsync(new NetworkRecord { Name = name, Driver = "bridge", EnableIPv4 = true, EnableIPv6 = true }));

    /// <summary>Whether an action that is to fail before its step of this number came that far.</summary>
    private async Task<bool> FailsAsync(int step, Func<Task> action)
    {
        _step = step;
        _failing = null;
        try
        {
            await action();
            return false;
        }
        catch (InjectedException)
        {
            return true;
        }
        finally
        {
            _step = -1;
        }
    }

    private static SandboxRequest Request(params string[] networks)
    {
        string id = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");
        return new SandboxRequest { ContainerId = id, Endpoints = [.. networks.Select(network => EndpointOf(id, network))], Ports = [] };
    }

    private static EndpointRequest EndpointOf(string id, string network) => new() { ContainerId = id, ContainerName = "happy_test", Network = network };

    /// <summary>What the fds refer to that a start makes: sockets and namespaces.</summary>
    private static string Fds() => string.Join(' ', Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget?.Split('[')[0] ?? "")
        .Where(target => target is "socket:" or "net:" or "anon_inode:").CountBy(target => target).OrderBy(kind => kind.Key).Select(kind => $"{kind.Key}{kind.Value}"));

    private sealed class InjectedException(string step) : Exception($"injected before: {step}");
}
