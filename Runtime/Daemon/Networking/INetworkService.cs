using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Networking;

/// <summary>What the container side needs of networks. none, host and container:ID never come here.</summary>
internal interface INetworkService
{
    /// <summary>Reserves addresses and host ports for a start and returns the endpoint; nothing is in the kernel yet apart from bound host ports. Throws conflict in Docker's words when a port is taken, not found for an unknown network.</summary>
    Task<IEndpoint> AllocateAsync(EndpointRequest request, CancellationToken cancellation);

    /// <summary>After a daemon restart: takes back everything endpoints of a former daemon left in kernel and address pools.</summary>
    Task SweepAsync(CancellationToken cancellation);
}
