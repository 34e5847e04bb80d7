using System.Collections.Concurrent;
using System.Net;
using Rtd.Daemon.Networking;
using Rtd.Protocol.Spec;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Hands out sandboxes and counts those not given back. It knows every network.</summary>
internal sealed class FakeNetworks : INetworkService
{
    public ConcurrentQueue<SandboxRequest> Requests { get; } = new();

    public ConcurrentDictionary<FakeSandbox, bool> Held { get; } = new();

    public Exception? Failure { get; set; }

    public bool Swept { get; private set; }

    public Task<ISandbox> AllocateAsync(SandboxRequest request, CancellationToken cancellation)
    {
        if (Failure is { } failure)
        {
            return Task.FromException<ISandbox>(failure);
        }

        Requests.Enqueue(request);
        FakeSandbox sandbox = new(this, request);
        Held[sandbox] = true;
        return Task.FromResult<ISandbox>(sandbox);
    }

    public Task<ISandbox> RestoreAsync(SandboxRequest request, SandboxState state, int pid) => AllocateAsync(request, CancellationToken.None);

    public NetworkRecord? Lookup(string nameOrId) => new() { Name = nameOrId, Id = "net-" + nameOrId, Driver = "bridge", UserDefined = nameOrId != "bridge" };

    public Task SweepAsync(CancellationToken cancellation)
    {
        Swept = true;
        return Task.CompletedTask;
    }

    internal sealed class FakeSandbox(FakeNetworks networks, SandboxRequest request) : ISandbox
    {
        private readonly List<FakeEndpoint> _endpoints = [.. request.Endpoints.Select(endpoint => new FakeEndpoint(endpoint))];

        public IReadOnlyList<IEndpoint> Endpoints => _endpoints;

        public IEndpoint? GatewayEndpoint => _endpoints.FirstOrDefault();

        public IReadOnlyList<IPAddress> HostGateways => [IPAddress.Parse("172.17.0.1")];

        public IReadOnlyList<PortBinding> Ports { get; } = [.. request.Ports.Select(port => new PortBinding(
            port.Protocol, port.ContainerPort, port.HostAddress ?? IPAddress.Any, port.HostPort == 0 ? 32768 : port.HostPort, port.HostPortEnd))];

        public bool HasResolver => request.Endpoints.Any(endpoint => endpoint.Network != "bridge");

        public SandboxState State => new();

        public int ConnectedPid { get; private set; }

        public Task<NetworkState> ConnectAsync(int pid, CancellationToken cancellation)
        {
            ConnectedPid = pid;
            return Task.FromResult(NetworkState.LoopbackOnly);
        }

        public Task<IEndpoint> AttachAsync(EndpointRequest request, int pid)
        {
            FakeEndpoint endpoint = new(request);
            _endpoints.Add(endpoint);
            return Task.FromResult<IEndpoint>(endpoint);
        }

        public Task DetachAsync(string networkId, int pid)
        {
            _endpoints.RemoveAll(endpoint => endpoint.NetworkId == networkId);
            return Task.CompletedTask;
        }

        public void Rename(string name)
        {
        }

        public void Announce()
        {
        }

        public Task LeaveAsync() => ReleaseAsync();

        public Task ReleaseAsync()
        {
            networks.Held.TryRemove(this, out _);
            return Task.CompletedTask;
        }
    }

    internal sealed class FakeEndpoint(EndpointRequest request) : IEndpoint
    {
        public string NetworkName => request.Network;

        public string NetworkId => "net-" + request.Network;

        public string EndpointId => "endpoint-" + request.ContainerId;

        public IPAddress? Address => request.Address ?? IPAddress.Parse("172.17.0.2");

        public int PrefixLength => 16;

        public IPAddress? Gateway => IPAddress.Parse("172.17.0.1");

        public IPAddress? AddressV6 => request.AddressV6;

        public int PrefixLengthV6 => 64;

        public IPAddress? GatewayV6 => null;

        public string MacAddress => request.MacAddress ?? "02:42:ac:11:00:02";

        public IReadOnlyList<string> DnsNames => request.Network == "bridge" ? [] : [request.ContainerName, .. request.Aliases];
    }
}
