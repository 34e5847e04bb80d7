using System.Text.Json;

namespace Rtd.Client.Json;

/// <summary>Reads members that may be absent or null, as zero values.</summary>
internal static class JsonElementExtensions
{
    public static JsonElement Member(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement member) ? member : default;

    public static string Text(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    public static long Number(this JsonElement element, string name) =>
        element.Member(name) is { ValueKind: JsonValueKind.Number } number ? (number.TryGetInt64(out long whole) ? whole : (long)number.GetDouble()) : 0;

    public static bool Flag(this JsonElement element, string name) => element.Member(name).ValueKind == JsonValueKind.True;

    /// <summary>The elements of an array; none for anything else.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : Enumerable.Empty<JsonElement>();

    /// <summary>The texts of an array.</summary>
    public static IEnumerable<string> Texts(this JsonElement element) =>
        element.Items().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!);

    /// <summary>The members of an object; none for anything else.</summary>
    public static IEnumerable<JsonProperty> Members(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : Enumerable.Empty<JsonProperty>();

    /// <summary>Labels or options as "a=b,c=d", in the order of their keys.</summary>
    public static string Pairs(this JsonElement element) =>
        string.Join(',', element.Members().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}={member.Value.GetString()}"));
}
