using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api;

/// <summary>
/// The <c>filters</c> query of list, prune and event requests: <c>{"status":["running"]}</c>, or the older <c>{"status":{"running":true}}</c>.
/// </summary>
/// <remarks>Values of one key are alternatives, keys must all hold; a key that is not asked for holds.</remarks>
internal sealed class QueryFilters
{
    private readonly Dictionary<string, string[]> _fields = [];

    /// <summary>Parses the query's value; null or blank filters nothing.</summary>
    public static QueryFilters Parse(string? json)
    {
        QueryFilters filters = new();
        if (string.IsNullOrWhiteSpace(json))
        {
            return filters;
        }

        foreach ((string key, JToken value) in Json.Decode<Dictionary<string, JToken>>(Encoding.UTF8.GetBytes(json)))
        {
            filters._fields[key] = value switch
            {
                JArray list => list.Select(Text).ToArray(),
                JObject set => set.Properties().Where(member => member.Value.Type != JTokenType.Boolean || member.Value.Value<bool>())
                    .Select(member => member.Name).ToArray(),
                _ => throw EngineException.InvalidParameter($"invalid filter '{key}'"),
            };
        }

        return filters;
    }

    public bool Has(string key) => _fields.TryGetValue(key, out string[]? values) && values.Length > 0;

    public IReadOnlyList<string> Get(string key) => _fields.TryGetValue(key, out string[]? values) ? values : [];

    /// <summary>Throws for a key that the request does not know, in dockerd's words.</summary>
    public void CheckKeys(params ReadOnlySpan<string> known)
    {
        foreach (string key in _fields.Keys)
        {
            if (!known.Contains(key))
            {
                throw EngineException.InvalidParameter($"invalid filter '{key}'");
            }
        }
    }

    public bool Exact(string key, string? value) => !Has(key) || Get(key).Contains(value);

    /// <summary>A value of the filter is the start of this one.</summary>
    public bool Prefix(string key, string? value) => !Has(key) || Get(key).Any(wanted => value?.StartsWith(wanted, StringComparison.Ordinal) == true);

    /// <summary>Every <c>name</c> or <c>name=value</c> of the filter is among the pairs.</summary>
    public bool Pairs(string key, IReadOnlyDictionary<string, string>? pairs) => Get(key).All(wanted =>
    {
        int equals = wanted.IndexOf('=');
        string name = equals < 0 ? wanted : wanted[..equals];
        return pairs is not null && pairs.TryGetValue(name, out string? value) && (equals < 0 || value == wanted[(equals + 1)..]);
    });

    private static string Text(JToken token) => token.Type == JTokenType.String
        ? token.Value<string>()!
        : throw EngineException.InvalidParameter("invalid filter: values must be strings");
}
