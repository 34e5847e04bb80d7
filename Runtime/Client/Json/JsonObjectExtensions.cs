using System.Text.Json.Nodes;

namespace Rtd.Client.Json;

/// <summary>Members that are only there when the user gave something.</summary>
internal static class JsonObjectExtensions
{
    public static void AddText(this JsonObject target, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            target[key] = value;
        }
    }

    public static void AddNumber(this JsonObject target, string key, long? value)
    {
        if (value is { } number)
        {
            target[key] = number;
        }
    }

    public static void AddList(this JsonObject target, string key, IEnumerable<string> items)
    {
        JsonArray list = JsonLists.Of(items);
        if (list.Count > 0)
        {
            target[key] = list;
        }
    }

    public static void AddNodes(this JsonObject target, string key, IEnumerable<JsonObject> items)
    {
        JsonArray list = JsonLists.Of(items);
        if (list.Count > 0)
        {
            target[key] = list;
        }
    }

    public static void AddMap(this JsonObject target, string key, IEnumerable<string> pairs)
    {
        JsonObject map = JsonLists.Map(pairs);
        if (map.Count > 0)
        {
            target[key] = map;
        }
    }
}
