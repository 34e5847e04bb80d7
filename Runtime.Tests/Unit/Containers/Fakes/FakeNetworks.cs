using System.Collections.Concurrent;
using System.Net;
using Rtd.Daemon.Networking;
using Rtd.Protocol.Spec;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Hands out endpoints and counts those not given back.</summary>
internal sealed class FakeNetworks : INetworkService
{
    public ConcurrentQueue<EndpointRequest> Requests { get; } = new();

    public ConcurrentDictionary<FakeEndpoint, bool> Held { get; } = new();

    public Exception? Failure { get; set; }

    public bool Swept { get; private set; }

    public Task<IEndpoint> AllocateAsync(EndpointRequest request, CancellationToken cancellation)
    {
        if (Failure is { } failure)
        {
            return Task.FromException<IEndpoint>(failure);
        }

        Requests.Enqueue(request);
        FakeEndpoint endpoint = new(this, request);
        Held[endpoint] = true;
        return Task.FromResult<IEndpoint>(endpoint);
    }

    public Task SweepAsync(CancellationToken cancellation)
    {
        Swept = true;
        return Task.CompletedTask;
    }

    internal sealed class FakeEndpoint(FakeNetworks networks, EndpointRequest request) : IEndpoint
    {
        public string NetworkName => request.Network;

        public string NetworkId => "net-" + request.Network;

        public string EndpointId => "endpoint-" + request.ContainerId;

        public IPAddress Address => IPAddress.Parse("172.17.0.2");

        public int PrefixLength => 16;

        public IPAddress? Gateway => IPAddress.Parse("172.17.0.1");

        public string MacAddress => "02:42:ac:11:00:02";

        public IReadOnlyList<PortBinding> Ports { get; } = [.. request.Ports.Select(port => port with { HostPort = port.HostPort == 0 ? 32768 : port.HostPort })];

        public int ConnectedPid { get; private set; }

        public Task<NetworkState> ConnectAsync(int pid, CancellationToken cancellation)
        {
            ConnectedPid = pid;
            return Task.FromResult(NetworkState.LoopbackOnly);
        }

        public Task ReleaseAsync()
        {
            networks.Held.TryRemove(this, out _);
            return Task.CompletedTask;
        }
    }
}
