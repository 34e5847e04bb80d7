using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rtd.Client.Json;

/// <summary>JSON as Go writes it: compact, or indented by four spaces.</summary>
internal static class JsonText
{
    /// <summary>Appends a value without white space; texts keep the escapes the daemon chose.</summary>
    public static void Compact(JsonElement element, StringBuilder json)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                AppendObject(element, json);
                break;
            case JsonValueKind.Array:
                AppendArray(element, json);
                break;
            default:
                json.Append(element.GetRawText());
                break;
        }
    }

    /// <summary>Appends a value with each member on a line of its own, at a depth of four spaces each.</summary>
    public static void Indent(JsonElement element, StringBuilder json, int depth)
    {
        if (element.ValueKind == JsonValueKind.Object && element.EnumerateObject().Any())
        {
            IndentObject(element, json, depth);
        }
        else if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
        {
            IndentArray(element, json, depth);
        }
        else
        {
            Compact(element, json);
        }
    }

    /// <summary>Appends a string as Go's encoder writes it; with HTML's characters escaped, as it does by default.</summary>
    public static void Quote(StringBuilder json, string text, bool escapeHtml = true)
    {
        json.Append('"');
        foreach (char letter in text)
        {
            _ = letter switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                '<' or '>' or '&' when escapeHtml => AppendCode(json, letter),
                < ' ' or '\u2028' or '\u2029' => AppendCode(json, letter),
                _ => json.Append(letter),
            };
        }

        json.Append('"');
    }

    private static StringBuilder AppendCode(StringBuilder json, char letter) =>
        json.Append("\\u").Append(((int)letter).ToString("x4", CultureInfo.InvariantCulture));

    private static void AppendObject(JsonElement element, StringBuilder json)
    {
        char separator = '{';
        foreach (JsonProperty property in element.EnumerateObject())
        {
            json.Append(separator);
            separator = ',';
            Quote(json, property.Name, escapeHtml: false);
            json.Append(':');
            Compact(property.Value, json);
        }

        json.Append(separator == '{' ? "{}" : "}");
    }

    private static void AppendArray(JsonElement element, StringBuilder json)
    {
        char separator = '[';
        foreach (JsonElement item in element.EnumerateArray())
        {
            json.Append(separator);
            separator = ',';
            Compact(item, json);
        }

        json.Append(separator == '[' ? "[]" : "]");
    }

    private static void IndentObject(JsonElement element, StringBuilder json, int depth)
    {
        char separator = '{';
        foreach (JsonProperty property in element.EnumerateObject())
        {
            json.Append(separator).Append('\n').Append(' ', (depth + 1) * 4);
            separator = ',';
            Quote(json, property.Name, escapeHtml: false);
            json.Append(": ");
            Indent(property.Value, json, depth + 1);
        }

        json.Append('\n').Append(' ', depth * 4).Append('}');
    }

    private static void IndentArray(JsonElement element, StringBuilder json, int depth)
    {
        char separator = '[';
        foreach (JsonElement item in element.EnumerateArray())
        {
            json.Append(separator).Append('\n').Append(' ', (depth + 1) * 4);
            separator = ',';
            Indent(item, json, depth + 1);
        }

        json.Append('\n').Append(' ', depth * 4).Append(']');
    }
}
