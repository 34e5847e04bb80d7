using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Networking;

/// <summary>The <c>filters</c> of a network list: within a key any value may match, all keys must.</summary>
internal sealed class NetworkFilter
{
    private readonly Dictionary<string, List<string>> _values = [];

    /// <param name="json"><c>{"key":["value"]}</c>, or <c>{"key":{"value":true}}</c> as clients before API 1.22 wrote it; null or "" lets everything through.</param>
    public NetworkFilter(string? json)
    {
        if (string.IsNullOrWhiteSpace(json))
        {
            return;
        }

        foreach (JProperty property in Read(json).Properties())
        {
            _values[property.Name] = property.Name is "id" or "name" or "driver" or "type" or "scope" or "label" or "dangling"
                ? ValuesOf(property)
                : throw EngineException.InvalidParameter($"invalid filter '{property.Name}'");
        }
    }

    public bool Matches(INetwork network) => _values.All(filter => filter.Value.Count == 0 || filter.Value.Exists(value => Matches(network, filter.Key, value)));

    private static bool Matches(INetwork network, string key, string value) => key switch
    {
        "id" => network.Record.Id.Contains(value, StringComparison.Ordinal),
        "name" => network.Record.Name.Contains(value, StringComparison.Ordinal),
        "driver" => network.Record.Driver == value,
        "scope" => value == "local",
        // Predefined networks have no labels, are builtin, and never count as dangling (Docker leaves them out of both answers).
        "label" => false,
        "type" => value switch
        {
            "builtin" => true,
            "custom" => false,
            _ => throw EngineException.InvalidParameter($"invalid filter: 'type'='{value}'"),
        },
        _ => value switch
        {
            "0" or "1" or "true" or "false" => false,
            _ => throw EngineException.InvalidParameter($"invalid value for filter 'dangling': \"{value}\""),
        },
    };

    private static JObject Read(string json)
    {
        try
        {
            using JsonTextReader reader = new(new StringReader(json)) { DateParseHandling = DateParseHandling.None, MaxDepth = 8 };
            return JObject.Load(reader);
        }
        catch (JsonException malformed)
        {
            throw EngineException.InvalidParameter($"invalid filter: {malformed.Message}", malformed);
        }
    }

    private static List<string> ValuesOf(JProperty property) => property.Value switch
    {
        JArray list => list.Select(value => value.Value<string>() ?? "").ToList(),
        JObject set => set.Properties().Where(value => value.Value.Type == JTokenType.Boolean && value.Value.Value<bool>()).Select(value => value.Name).ToList(),
        _ => throw EngineException.InvalidParameter($"invalid filter '{property.Name}'"),
    };
}
