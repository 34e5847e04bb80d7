using Rtd.Daemon.Api;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Containers.Text;

/// <summary>Tests that the lists of containers and volumes share.</summary>
internal static class QueryFilterExtensions
{
    /// <summary>Parses a query's filters and refuses keys other than these.</summary>
    public static QueryFilters ParseFilters(string? text, params ReadOnlySpan<string> known)
    {
        QueryFilters filters = QueryFilters.Parse(text);
        filters.CheckKeys(known);
        return filters;
    }

    /// <summary>True when the key is absent or one of its values satisfies the test.</summary>
    public static bool Any(this QueryFilters filters, string key, Func<string, bool> matches) => !filters.Has(key) || filters.Get(key).Any(matches);

    /// <summary>All of <c>label</c> are there, and none of <c>label!</c>.</summary>
    public static bool MatchLabels(this QueryFilters filters, IReadOnlyDictionary<string, string>? labels) =>
        filters.Pairs("label", labels) && !filters.Get("label!").Any(wanted => IsAmong(wanted, labels));

    /// <summary>A boolean filter, or null when it is absent.</summary>
    public static bool? Bool(this QueryFilters filters, string key)
    {
        if (!filters.Has(key))
        {
            return null;
        }

        return filters.Get(key)[0].ToLowerInvariant() switch
        {
            "1" or "true" or "t" => true,
            "0" or "false" or "f" => false,
            string other => throw EngineException.InvalidParameter($"invalid filter '{key}={other}'"),
        };
    }

    private static bool IsAmong(string wanted, IReadOnlyDictionary<string, string>? labels)
    {
        string[] parts = wanted.Split('=', 2);
        return labels is not null && labels.TryGetValue(parts[0], out string? value) && (parts.Length == 1 || value == parts[1]);
    }
}
