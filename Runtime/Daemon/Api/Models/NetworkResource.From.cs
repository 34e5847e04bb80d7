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
        EnableIPv4 = network.Pools.Any(pool => !pool.Subnet.IsIPv6),
        EnableIPv6 = network.Pools.Any(pool => pool.Subnet.IsIPv6),
        Internal = network.Record.Internal,
        Attachable = network.Record.Attachable,
        ConfigOnly = network.Record.ConfigOnly,
        ConfigFrom = new NetworkConfigReference { Network = network.Record.ConfigFrom },
        IPAM = new NetworkIpam { Options = IpamOptions(network.Record), Config = network.Pools.Select(ConfigOf).ToList() },
        Containers = withContainers ? ContainersOf(network) : [],
        Options = new Dictionary<string, string>(network.Options),
        Labels = new Dictionary<string, string>(network.Record.Labels),
    };

    /// <summary>Docker shows null for its own networks, and an empty map for users'.</summary>
    private static Dictionary<string, string>? IpamOptions(NetworkRecord record) => record.IpamOptions ?? (record.UserDefined ? [] : null);

    private static NetworkIpamConfig ConfigOf(NetworkPool pool) => new()
    {
        Subnet = pool.Subnet.ToString(),
        IPRange = pool.Range?.ToString(),
        Gateway = pool.Gateway?.ToString(),
        AuxiliaryAddresses = pool.Reserved.Count > 0 ? pool.Reserved.ToDictionary(pair => pair.Key, pair => pair.Value.ToString()) : null,
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
                IPv4Address = attached.Endpoint.Address is { } address ? $"{address}/{attached.Endpoint.PrefixLength}" : "",
                IPv6Address = attached.Endpoint.AddressV6 is { } addressV6 ? $"{addressV6}/{attached.Endpoint.PrefixLengthV6}" : "",
            };
        }

        return containers;
    }
}
