namespace Rtd.Daemon.Networking;

/// <summary>A network that is up.</summary>
internal interface INetwork
{
    NetworkRecord Record { get; }

    /// <summary>Its subnets, for the API.</summary>
    IReadOnlyList<NetworkPool> Pools { get; }

    /// <summary>Driver options under Docker's keys, for the API.</summary>
    IReadOnlyDictionary<string, string> Options { get; }

    IReadOnlyList<AttachedEndpoint> Endpoints { get; }

    /// <summary>See <see cref="INetworkService.AllocateAsync"/>.</summary>
    IEndpoint Allocate(EndpointRequest request);

    /// <summary>Removes links that endpoints of a former daemon left.</summary>
    Task SweepAsync();

    /// <summary>Removes the network's own kernel objects.</summary>
    void Remove();
}
