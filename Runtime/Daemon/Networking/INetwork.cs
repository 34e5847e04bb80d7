using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Names;

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

    /// <summary>Who is called what; null where names are not resolved.</summary>
    NameTable? Names { get; }

    /// <summary>Containers reach other networks by it, and their ports can be published.</summary>
    bool IsGateway { get; }

    /// <summary>Reserves an address; nothing is in the kernel yet. Throws conflict or invalid parameter in Docker's words.</summary>
    Task<Endpoint> AllocateAsync(EndpointRequest request);

    /// <summary>Removes links that endpoints of a former daemon left.</summary>
    Task SweepAsync();

    /// <summary>Completes when the links are gone of all endpoints that have left.</summary>
    Task SettleAsync();

    /// <summary>Takes no more endpoints; throws forbidden, naming them, when there are some.</summary>
    void Close();

    /// <summary>Takes endpoints again: a removal that was begun did not go through.</summary>
    void Reopen();

    /// <summary>Removes the network's own kernel objects.</summary>
    void Remove();
}
