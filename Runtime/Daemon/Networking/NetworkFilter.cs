using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking;

/// <summary>The <c>filters</c> of a network list: within a key any value may match, all keys must.</summary>
internal sealed class NetworkFilter
{
    private static readonly string[] s_keys = ["id", "name", "driver", "type", "scope", "label", "dangling"];

    private readonly QueryFilters _filters;

    /// <param name="json">The query's value; null or blank lets everything through.</param>
    public NetworkFilter(string? json)
    {
        _filters = QueryFilters.Parse(json);
        _filters.CheckKeys(s_keys);
    }

    public bool Matches(INetwork network) =>
        _filters.Pairs("label", network.Record.Labels)
        && Array.TrueForAll(s_keys, key => key == "label" || !_filters.Has(key) || _filters.Get(key).Any(value => Matches(network, key, value)));

    private static bool Matches(INetwork network, string key, string value) => key switch
    {
        "id" => network.Record.Id.Contains(value, StringComparison.Ordinal),
        "name" => network.Record.Name.Contains(value, StringComparison.Ordinal),
        "driver" => network.Record.Driver == value,
        "scope" => value == "local",
        "type" => value switch
        {
            "builtin" => !network.Record.UserDefined,
            "custom" => network.Record.UserDefined,
            _ => throw EngineException.InvalidParameter($"invalid filter: 'type'='{value}'"),
        },
        // Predefined networks never count as dangling, nor as not dangling: Docker leaves them out of both answers.
        _ => value switch
        {
            "1" or "true" => network.Record.UserDefined && network.Endpoints.Count == 0,
            "0" or "false" => network.Record.UserDefined && network.Endpoints.Count > 0,
            _ => throw EngineException.InvalidParameter($"invalid value for filter 'dangling': \"{value}\""),
        },
    };
}
