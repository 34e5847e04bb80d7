using System.Text.Json.Nodes;

namespace Rtd.Client.Json;

/// <summary>JSON arrays and objects from what the user gave.</summary>
internal static class JsonLists
{
    public static JsonArray Of(IEnumerable<string> items)
    {
        JsonArray array = [];
        foreach (string item in items)
        {
            array.Add((JsonNode)item);
        }

        return array;
    }

    public static JsonArray Of(IEnumerable<JsonNode> items)
    {
        JsonArray array = [];
        foreach (JsonNode item in items)
        {
            array.Add(item);
        }

        return array;
    }

    /// <summary>An object from key=value texts; a key alone has an empty value, a later one wins.</summary>
    public static JsonObject Map(IEnumerable<string> pairs)
    {
        JsonObject map = [];
        foreach (string pair in pairs)
        {
            int equals = pair.IndexOf('=');
            map[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return map;
    }
}
