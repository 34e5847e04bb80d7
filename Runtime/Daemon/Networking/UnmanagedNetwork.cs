using System.Collections.ObjectModel;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Names;

namespace Rtd.Daemon.Networking;

/// <summary>A network that exists for list and inspect alone: none and host have no endpoints.</summary>
internal sealed class UnmanagedNetwork(NetworkRecord record) : INetwork
{
    public NetworkRecord Record { get; } = record;

    public IReadOnlyList<NetworkPool> Pools => [];

    public IReadOnlyDictionary<string, string> Options => ReadOnlyDictionary<string, string>.Empty;

    public IReadOnlyList<AttachedEndpoint> Endpoints => [];

    public NameTable? Names => null;

    public bool IsGateway => false;

    public Task<Endpoint> AllocateAsync(EndpointRequest request) =>
        throw EngineException.InvalidParameter($"network {Record.Name} has no endpoints: it is a network mode");

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
