using System.Net;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Networking;

/// <summary>A container's place on a network, from allocation to release.</summary>
internal interface IEndpoint
{
    string NetworkName { get; }

    string NetworkId { get; }

    string EndpointId { get; }

    IPAddress Address { get; }

    int PrefixLength { get; }

    IPAddress? Gateway { get; }

    /// <summary><c>02:42:ac:11:00:02</c></summary>
    string MacAddress { get; }

    /// <summary>The host ports as really bound.</summary>
    IReadOnlyList<PortBinding> Ports { get; }

    /// <summary>Makes the veth pair with one end in the namespace of <paramref name="pid"/>, publishes the ports, and returns what rtinit sets up inside.</summary>
    Task<NetworkState> ConnectAsync(int pid, CancellationToken cancellation);

    /// <summary>Takes everything back: ports, rules, link, address. May be called at any point, once or more.</summary>
    Task ReleaseAsync();
}
