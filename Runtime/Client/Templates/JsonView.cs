using System.Text;
using System.Text.Json;
using Rtd.Client.Json;

namespace Rtd.Client.Templates;

/// <summary>A JSON object, array or null inside a template, with the name of the field it came from.</summary>
/// <remarks>
/// Docker's client reads answers into Go types and prints those, so a template's text depends on whether a field is a Go map, struct, slice or pointer.
/// JSON does not tell; the field's name does.
/// </remarks>
internal sealed class JsonView(JsonElement element, string key)
{
    private static readonly HashSet<string> s_maps =
    [
        "Annotations", "Attributes", "AuxiliaryAddresses", "AuxAddress", "Containers", "Data", "Details", "DriverOpts", "ExposedPorts", "IndexConfigs", "Labels", "Networks", "Options",
        "Ports", "Runtimes", "Services", "Status", "StorageOpt", "Sysctls", "Tmpfs", "Volumes",
    ];

    private static readonly HashSet<string> s_pointers =
    [
        "ClusterInfo", "Health", "Healthcheck", "IPAMConfig", "ImageManifestDescriptor", "Init", "MemorySwappiness", "OomKillDisable", "PidsLimit", "Platform", "SizeRootFs", "SizeRw",
        "StopTimeout", "UsageData",
    ];

    /// <summary>Fields that Go leaves out of JSON when empty, and what they are then.</summary>
    private static readonly Dictionary<string, object?> s_omitted = new()
    {
        ["Health"] = null,
        ["Healthcheck"] = null,
        ["StopTimeout"] = null,
        ["SizeRw"] = null,
        ["SizeRootFs"] = null,
        ["Init"] = null,
        ["UsageData"] = null,
        ["StopSignal"] = "",
        ["MacAddress"] = "",
        ["NetworkDisabled"] = false,
        ["ArgsEscaped"] = false,
        ["Runtime"] = "",
        ["Variant"] = "",
        ["RestartCount"] = 0L,
    };

    /// <summary>Go field names that differ from their JSON keys by more than nothing.</summary>
    private static readonly Dictionary<string, string> s_goNames = new()
    {
        ["ID"] = "Id",
        ["CPUShares"] = "CpuShares",
        ["NanoCPUs"] = "NanoCpus",
        ["CPUPeriod"] = "CpuPeriod",
        ["CPUQuota"] = "CpuQuota",
        ["DNS"] = "Dns",
        ["DNSOptions"] = "DnsOptions",
        ["DNSSearch"] = "DnsSearch",
        ["URL"] = "Url",
        ["APIVersion"] = "ApiVersion",
        ["BridgeNfIptables"] = "BridgeNfIptables",
    };

    private static readonly JsonElement s_null = JsonDocument.Parse("null").RootElement;

    public JsonElement Element { get; } = element;

    public bool IsNull => Element.ValueKind == JsonValueKind.Null;

    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    public bool IsObject => Element.ValueKind == JsonValueKind.Object;

    private bool IsMap => s_maps.Contains(key) || (key == "Config" && Element.ValueKind == JsonValueKind.Object && !Element.TryGetProperty("Env", out _));

    /// <summary>A template value for a JSON one: scalars become .NET's, the rest a view.</summary>
    public static object? Of(JsonElement element, string key) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long whole) ? (object)whole : element.GetDouble(),
        JsonValueKind.Undefined => null,
        _ => new JsonView(element, key),
    };

    /// <summary>A field of an object; false when there is none.</summary>
    public bool TryGetField(string name, out object? value)
    {
        value = null;
        if (!IsObject)
        {
            return false;
        }

        if (Element.TryGetProperty(name, out JsonElement field)
            || (s_goNames.TryGetValue(name, out string? known) && Element.TryGetProperty(known, out field)))
        {
            value = Of(field, name);
            return true;
        }

        bool isOmitted = !IsMap && s_omitted.TryGetValue(name, out value);
        value = isOmitted && value is null ? new JsonView(s_null, name) : value;
        return isOmitted;
    }

    /// <summary>An entry of a map by key; a key that is not there gives what Go's zero value prints.</summary>
    public object? Entry(string name) =>
        IsObject && Element.TryGetProperty(name, out JsonElement entry) ? Of(entry, name) : s_maps.Contains(key) && key is not ("Ports" or "Networks") ? "" : null;

    /// <summary>Elements of an array, or of an object in the order of its keys.</summary>
    public List<(object? Key, object? Value)> Entries()
    {
        List<(object? Key, object? Value)> entries = [];
        if (IsArray)
        {
            foreach (JsonElement item in Element.EnumerateArray())
            {
                entries.Add(((long)entries.Count, Of(item, "")));
            }
        }
        else if (IsObject)
        {
            entries.AddRange(Element.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal).Select(property => ((object?)property.Name, Of(property.Value, property.Name))));
        }

        return entries;
    }

    /// <summary>The text Go prints for it.</summary>
    public void Print(StringBuilder text)
    {
        if (IsNull)
        {
            text.Append(IsMap ? "map[]" : s_pointers.Contains(key) ? "<nil>" : "[]");
            return;
        }

        bool isMap = IsObject && IsMap;
        text.Append(isMap ? "map[" : IsArray ? "[" : "{");
        bool isFirst = true;
        foreach ((object? name, object? value) in isMap || IsArray ? Entries() : Fields())
        {
            text.Append(isFirst ? "" : " ");
            isFirst = false;
            if (isMap)
            {
                text.Append(name).Append(':');
            }

            GoPrint.Value(text, value);
        }

        text.Append(IsArray || isMap ? ']' : '}');
    }

    public void WriteJson(StringBuilder json) => JsonText.Compact(Element, json);

    private List<(object? Key, object? Value)> Fields() =>
        [.. Element.EnumerateObject().Select(property => ((object?)property.Name, Of(property.Value, property.Name)))];
}
