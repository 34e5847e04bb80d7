using System.Net;
using Rtd.Daemon.Networking;

namespace Rtd.Tests.Integration.Networking;

/// <summary>A host of its own: a network namespace in which the network service runs, with a neighbour on its outer link.</summary>
/// <remarks>Host 203.0.113.1, neighbour 203.0.113.2 without any route to the host's containers.</remarks>
internal sealed class TestHost : IDisposable
{
    public static readonly IPAddress HostAddress = IPAddress.Parse("203.0.113.1");
    public static readonly IPAddress OutsideAddress = IPAddress.Parse("203.0.113.2");

    private readonly string _data = Directory.CreateTempSubdirectory("rtd-network-").FullName;

    public TestHost()
    {
        Outside = FakeContainer.Start();
    }

    public NamespaceThread Thread { get; } = NamespaceThread.New();

    public FakeContainer Outside { get; }

    public BridgeOptions Options => new() { DataDirectory = _data };

    public async Task ConnectOutsideAsync()
    {
        await RunAsync("ip link set lo up; "
            + $"ip link add up0 type veth peer name eth0 netns {Outside.Pid}; ip link set up0 addrgenmode none; ip addr add {HostAddress}/24 dev up0; ip link set up0 up");
        await Outside.RunAsync($"ip link set lo up; ip addr add {OutsideAddress}/24 dev eth0; ip link set eth0 up");
    }

    public Task<string> RunAsync(string line) => Thread.RunAsync(() => Command.Run(line));

    public Task<NetworkService> StartAsync(BridgeOptions? options = null) => Thread.RunAsync(() => NetworkService.Start(options ?? Options));

    /// <summary>Starts a container on the bridge, all the way.</summary>
    public async Task<(FakeContainer Container, ISandbox Endpoint)> AttachAsync(NetworkService service, params PortRequest[] ports)
    {
        FakeContainer container = FakeContainer.Start();
        ISandbox endpoint = await Thread.RunAsync(async () =>
        {
            ISandbox allocated = await service.AllocateAsync(Request(ports), CancellationToken.None);
            await container.ApplyAsync(await allocated.ConnectAsync(container.Pid, CancellationToken.None));
            return allocated;
        });
        return (container, endpoint);
    }

    public static SandboxRequest Request(params PortRequest[] ports)
    {
        string id = Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N");
        EndpointRequest endpoint = new() { ContainerId = id, ContainerName = "happy_test", Network = "bridge" };
        return new SandboxRequest { ContainerId = id, Endpoints = [endpoint], Ports = ports };
    }

    public static PortRequest Tcp(int containerPort, int hostPort, string address = "0.0.0.0") =>
        new("tcp", containerPort, IPAddress.Parse(address), hostPort, hostPort);

    public static PortRequest Udp(int containerPort, int hostPort, string address = "0.0.0.0") =>
        new("udp", containerPort, IPAddress.Parse(address), hostPort, hostPort);

    public void Dispose()
    {
        Outside.Dispose();
        Thread.Dispose();
        Directory.Delete(_data, recursive: true);
    }
}
