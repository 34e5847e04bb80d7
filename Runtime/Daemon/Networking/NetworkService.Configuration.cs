using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking;

/// <summary>Networks that are configurations alone (<c>--config-only</c>), and those made from one (<c>--config-from</c>). All faults in dockerd's words.</summary>
internal sealed partial class NetworkService
{
    /// <summary>Keeps a configuration: nothing is made, its subnets are nobody's until a network is made from it.</summary>
    private NetworkRecord AddConfiguration(NetworkRecord draft)
    {
        if (draft.Internal || draft.Attachable)
        {
            throw new EngineException(
                ErrorKind.Forbidden,
                "configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.");
        }

        if (draft.ConfigFrom.Length > 0)
        {
            throw new EngineException(ErrorKind.Forbidden, "a configuration network cannot depend on another configuration network");
        }

        draft.Driver = "null";
        draft.Pools.ForEach(PoolRules.CheckOne);
        _store.Add(draft);
        _networks = _networks.Add(_drivers[draft.Driver].Open(draft));
        Publish("create", draft);
        return draft;
    }

    private void ApplyConfiguration(NetworkRecord draft)
    {
        if (draft.ConfigFrom.Length == 0)
        {
            return;
        }

        bool says = draft.Pools.Count > 0 || draft.Labels.Count > 0 || draft.IpamOptions is { Count: > 0 };
        if (says || draft.Options.Count > 0)
        {
            throw new EngineException(ErrorKind.Forbidden, says
                ? "user specified configurations are not supported if the network depends on a configuration network"
                : "network driver options are not supported if the network depends on a configuration network");
        }

        NetworkRecord configuration = _networks.Find(network => network.Record is { ConfigOnly: true } known && known.Name == draft.ConfigFrom)?.Record
            ?? throw EngineException.NotFound($"configuration network \"{draft.ConfigFrom}\" does not exist");
        draft.EnableIPv4 = configuration.EnableIPv4;
        draft.EnableIPv6 = configuration.EnableIPv6 || HasIPv6ByDefault(draft.Driver, configuration.Options);
        draft.Options = new Dictionary<string, string>(configuration.Options);
        draft.Labels = new Dictionary<string, string>(configuration.Labels);
        draft.IpamOptions = configuration.IpamOptions;
        draft.Pools = configuration.Pools.ConvertAll(pool => new PoolRecord
        {
            Subnet = pool.Subnet,
            Range = pool.Range,
            Gateway = pool.Gateway,
            Reserved = new Dictionary<string, string>(pool.Reserved),
        });
    }

    private void RefuseWhenConfigurationIsUsed(NetworkRecord record)
    {
        if (record.ConfigOnly && _networks.Exists(network => network.Record.ConfigFrom == record.Name))
        {
            throw new EngineException(ErrorKind.Forbidden, $"configuration network \"{record.Name}\" is in use");
        }
    }
}
