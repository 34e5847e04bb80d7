using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Endpoints;

namespace Rtd.Daemon.Networking;

internal sealed partial class NetworkService
{
    private static readonly string[] s_predefined = ["bridge", "host", "none", "default"];

    /// <summary>Makes a network of a user's: all of it or nothing, also when the daemon is killed in between.</summary>
    /// <param name="draft">Checked and completed here; id and time are given here.</param>
    public async Task<NetworkRecord> CreateAsync(NetworkRecord draft)
    {
        await EnterAsync();
        try
        {
            CheckName(draft.Name);
            draft.Id = NetworkStore.NewId();
            draft.Created = DateTime.UtcNow;
            draft.UserDefined = true;
            if (draft.ConfigOnly)
            {
                return AddConfiguration(draft);
            }

            ApplyConfiguration(draft);
            INetworkDriver driver = _drivers.GetValueOrDefault(draft.Driver.Length > 0 ? draft.Driver : "bridge")
                ?? throw EngineException.InvalidParameter($"could not find plugin {draft.Driver} in v1 plugin registry: plugin not found");
            draft.Driver = driver.Type;
            driver.Validate(draft, _networks);
            CompletePools(draft);
            draft.Incomplete = true;
            _store.Add(draft);
            try
            {
                INetwork network = driver.Open(draft);
                draft.Incomplete = false;
                _store.Save();
                _networks = _networks.Add(network);
            }
            catch
            {
                driver.Discard(draft);
                _store.Remove(draft);
                throw;
            }

            Publish("create", draft);
            return draft;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>A connect or disconnect, as the events of networks tell it.</summary>
    public void PublishEndpoint(string action, NetworkRecord record, string containerId) =>
        _events?.Publish("network", action, record.Id, [Pair("name", record.Name), Pair("type", record.Driver), Pair("container", containerId)]);

    private void CheckName(string name)
    {
        if (Array.IndexOf(s_predefined, name) >= 0)
        {
            throw new EngineException(ErrorKind.Forbidden, $"operation is not permitted on predefined {name} network");
        }

        NetworkNames.Validate(name);
        if (_networks.Exists(network => network.Record.Name == name))
        {
            throw EngineException.Conflict($"network with name {name} already exists");
        }
    }

    /// <summary>Checks what subnets were asked for, and chooses what was not.</summary>
    private void CompletePools(NetworkRecord record)
    {
        PoolRules.Validate(record);
        List<IpSubnet> ours = [.. _networks.Where(network => !network.Record.ConfigOnly).SelectMany(network => network.Pools).Select(pool => pool.Subnet)];
        foreach (AddressFamily family in new[] { AddressFamily.InterNetwork, AddressFamily.InterNetworkV6 })
        {
            if (!(family == AddressFamily.InterNetwork ? record.EnableIPv4 : record.EnableIPv6))
            {
                continue;
            }

            List<IpSubnet> asked = [.. record.Pools.Select(pool => IpSubnet.Parse(pool.Subnet)!.Value).Where(subnet => subnet.Family == family)];
            if (asked.Exists(subnet => !SubnetChoice.IsFree(subnet, ours)))
            {
                throw new EngineException(ErrorKind.Forbidden, "invalid pool request: Pool overlaps with other one on this address space");
            }

            if (asked.Count == 0)
            {
                record.Pools.Add(Choose(family, ours));
            }
        }

        foreach (PoolRecord pool in record.Pools)
        {
            PoolRules.Complete(pool);
        }
    }

    private PoolRecord Choose(AddressFamily family, List<IpSubnet> ours)
    {
        List<IpSubnet> occupied = [.. _links.Occupied(except: 0), .. ours];
        IReadOnlyList<SubnetPool> configured = _options.AddressPools;
        bool has = configured.Any(pool => pool.Base.Family == family);
        IEnumerable<SubnetPool> pools = has ? configured
            : family == AddressFamily.InterNetwork ? SubnetChoice.NetworkPools
            : [SubnetChoice.LocalPool(Find("none").Record.Id)];
        return SubnetChoice.FirstFree(pools, family, occupied) is { } subnet
            ? new PoolRecord { Subnet = subnet.ToString() }
            : throw EngineException.InvalidParameter(
                "all predefined address pools have been fully subnetted: remove networks, give a subnet with --subnet, or more pools with default-address-pools");
    }

    private void Publish(string action, NetworkRecord record) =>
        _events?.Publish("network", action, record.Id, [Pair("name", record.Name), Pair("type", record.Driver)]);

    private static KeyValuePair<string, string> Pair(string key, string value) => KeyValuePair.Create(key, value);
}
