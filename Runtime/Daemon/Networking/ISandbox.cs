using System.Net;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Networking;

/// <summary>All of a container's network from allocation to release: its endpoints, published ports and resolver.</summary>
internal interface ISandbox
{
    /// <summary>A snapshot, in the order of eth0, eth1 …</summary>
    IReadOnlyList<IEndpoint> Endpoints { get; }

    /// <summary>The one whose gateway is the container's default route; null without one.</summary>
    IEndpoint? GatewayEndpoint { get; }

    /// <summary>Addresses that the host has for the container: of the gateway, else of the default bridge.</summary>
    IReadOnlyList<IPAddress> HostGateways { get; }

    /// <summary>The host ports as really bound.</summary>
    IReadOnlyList<PortBinding> Ports { get; }

    /// <summary>Names are resolved by the engine, at 127.0.0.11.</summary>
    bool HasResolver { get; }

    /// <summary>For <see cref="INetworkService.RestoreAsync"/>.</summary>
    SandboxState State { get; }

    /// <summary>Puts the links into the namespace of <paramref name="pid"/>, publishes the ports, starts the resolver, and returns what rtinit sets up inside.</summary>
    Task<NetworkState> ConnectAsync(int pid, CancellationToken cancellation);

    /// <summary>Tells the neighbours of a container that has started who has its addresses now; returns at once.</summary>
    void Announce();

    /// <summary>Connects the running container to another network.</summary>
    /// <param name="pid">A process of the container, held alive or checked by the caller.</param>
    Task<IEndpoint> AttachAsync(EndpointRequest request, int pid);

    /// <summary>Takes the running container from a network; not found when it is on none of that id.</summary>
    Task DetachAsync(string networkId, int pid);

    /// <summary>The container has another name now.</summary>
    void Rename(string name);

    /// <summary>
    /// Ports, rules, names and the resolver are gone when it completes; links and addresses go soon after, and whoever asks for the same
    /// address or removes the network waits for them. May be called at any point, once or more.
    /// </summary>
    Task LeaveAsync();

    /// <summary>Takes everything back: ports, rules, links, addresses, names. May be called at any point, once or more.</summary>
    Task ReleaseAsync();
}
