using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Api.Models;

internal sealed partial class NetworkResource
{
    /// <summary>What the API shows of a network.</summary>
    /// <param name="withContainers">Inspect shows them, lists do not (since API 1.28).</param>
    public static NetworkResource From(INetwork network, bool withContainers) => new()
    {
        Name = network.Record.Name,
        Id = network.Record.Id,
        Created = network.Record.Created,
        Driver = network.Record.Driver,
        EnableIPv4 = network.Pools.Count > 0,
        IPAM = new NetworkIpam { Config = network.Pools.Select(ConfigOf).ToList() },
        Containers = withContainers ? ContainersOf(network) : [],
        Options = new Dictionary<string, string>(network.Options),
    };

    private static NetworkIpamConfig ConfigOf(NetworkPool pool) => new()
    {
        Subnet = pool.Subnet.ToString(),
        IPRange = pool.Range?.ToString(),
        Gateway = pool.Gateway.ToString(),
    };

    private static Dictionary<string, NetworkContainer> ContainersOf(INetwork network)
    {
        Dictionary<string, NetworkContainer> containers = [];
        foreach (AttachedEndpoint attached in network.Endpoints)
        {
            containers[attached.ContainerId] = new NetworkContainer
            {
                Name = attached.ContainerName,
                EndpointID = attached.Endpoint.EndpointId,
                MacAddress = attached.Endpoint.MacAddress,
                IPv4Address = $"{attached.Endpoint.Address}/{attached.Endpoint.PrefixLength}",
            };
        }

        return containers;
    }
}
