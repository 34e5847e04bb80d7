using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Text;

/// <summary>The <c>filters</c> of a list or prune: values by key; within a key any may match, all keys must.</summary>
internal sealed class ListFilters
{
    private readonly Dictionary<string, List<string>> _values = [];

    private ListFilters()
    {
    }

    /// <summary>Parses <c>{"key":["value"]}</c>, or <c>{"key":{"value":true}}</c> as clients before API 1.22 wrote it.</summary>
    /// <param name="json">null or "" filters nothing.</param>
    /// <param name="accepted">Keys that the list knows; another one is an error.</param>
    public static ListFilters Parse(string? json, params ReadOnlySpan<string> accepted)
    {
        ListFilters filters = new();
        if (string.IsNullOrWhiteSpace(json))
        {
            return filters;
        }

        foreach (JProperty property in Read(json).Properties())
        {
            if (!accepted.Contains(property.Name))
            {
                throw EngineException.InvalidParameter($"invalid filter '{property.Name}'");
            }

            filters._values[property.Name] = Values(property);
        }

        return filters;
    }

    public bool Has(string key) => _values.TryGetValue(key, out List<string>? values) && values.Count > 0;

    public IReadOnlyList<string> this[string key] => _values.TryGetValue(key, out List<string>? values) ? values : [];

    /// <summary>True when the key is absent or one of its values satisfies the test.</summary>
    public bool Any(string key, Func<string, bool> matches) => !Has(key) || _values[key].Exists(value => matches(value));

    /// <summary>Label filters: every value (<c>key</c> or <c>key=value</c>) must match, and none of the <c>label!</c> ones.</summary>
    public bool MatchLabels(IReadOnlyDictionary<string, string>? labels) =>
        this["label"].All(value => MatchLabel(labels, value)) && !this["label!"].Any(value => MatchLabel(labels, value));

    /// <summary>A boolean filter, or null when it is absent.</summary>
    public bool? Bool(string key)
    {
        if (!Has(key))
        {
            return null;
        }

        return _values[key][0].ToLowerInvariant() switch
        {
            "1" or "true" or "t" => true,
            "0" or "false" or "f" => false,
            string other => throw EngineException.InvalidParameter($"invalid filter '{key}={other}'"),
        };
    }

    private static bool MatchLabel(IReadOnlyDictionary<string, string>? labels, string filter)
    {
        int equals = filter.IndexOf('=');
        return labels is not null
            && (equals < 0 ? labels.ContainsKey(filter) : labels.TryGetValue(filter[..equals], out string? value) && value == filter[(equals + 1)..]);
    }

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

    private static List<string> Values(JProperty property) => property.Value switch
    {
        JArray list => list.Select(Text).ToList(),
        JObject set => set.Properties().Where(entry => entry.Value.Type == JTokenType.Boolean && entry.Value.Value<bool>()).Select(entry => entry.Name).ToList(),
        _ => throw EngineException.InvalidParameter($"invalid filter '{property.Name}'"),
    };

    private static string Text(JToken token) => token.Type is JTokenType.String or JTokenType.Integer or JTokenType.Boolean
        ? token.Value<string>()!
        : throw EngineException.InvalidParameter($"invalid filter '{token.Path}'");
}
