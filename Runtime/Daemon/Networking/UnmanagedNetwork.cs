using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Names;

namespace Rtd.Daemon.Networking;

/// <summary>A network that exists for list and inspect alone: none, host and configurations have no endpoints.</summary>
internal sealed class UnmanagedNetwork(NetworkRecord record) : INetwork
{
    public NetworkRecord Record { get; } = record;

    /// <summary>Of a configuration those that a network made from it will have.</summary>
    public IReadOnlyList<NetworkPool> Pools { get; } = record.Pools.ConvertAll(pool => pool.ToPool());

    public IReadOnlyDictionary<string, string> Options => Record.Options;

    public IReadOnlyList<AttachedEndpoint> Endpoints => [];

    public NameTable? Names => null;

    public bool IsGateway => false;

    public Task<Endpoint> AllocateAsync(EndpointRequest request) =>
        throw (Record.ConfigOnly
            ? new EngineException(ErrorKind.Forbidden, "cannot create endpoint on configuration-only network")
            : EngineException.InvalidParameter($"network {Record.Name} has no endpoints: it is a network mode"));

    public Task SweepAsync() => Task.CompletedTask;

    public Task SettleAsync() => Task.CompletedTask;

    public void Close()
    {
    }

    public void Reopen()
    {
    }

    public void Remove()
    {
    }
}
