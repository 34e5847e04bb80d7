using System.Text.Json.Nodes;

namespace Rtd.Client.Engine;

/// <summary>--filter options as the API takes them: a JSON object of objects, {"label":{"a=b":true}}.</summary>
internal static class Filters
{
    /// <summary>The query's value, or null when there is no filter.</summary>
    public static string? Encode(IEnumerable<string> filters)
    {
        JsonObject result = [];
        foreach (string filter in filters)
        {
            int equals = filter.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            string name = filter[..equals].Trim().ToLowerInvariant();
            if (result[name] is not JsonObject values)
            {
                result[name] = values = [];
            }

            values[filter[(equals + 1)..].Trim()] = true;
        }

        return result.Count == 0 ? null : result.ToJsonString();
    }
}
