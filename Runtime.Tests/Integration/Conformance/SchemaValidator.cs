using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace Rtd.Tests.Integration.Conformance;

/// <summary>
/// Holds a JSON value against a schema of the contract: the part of Swagger 2.0 that the contract uses ($ref, allOf, type, required, properties,
/// additionalProperties, items, enum, format, pattern, minimum, x-nullable).
/// </summary>
internal sealed class SchemaValidator(JObject definitions)
{
    private const string Reference = "#/definitions/";

    /// <summary>Go's nil pointers, which dockerd writes although the contract does not mark them.</summary>
    private static readonly string[] s_nilPointers = [".MemorySwappiness", ".OomKillDisable", ".ExitCode"];

    /// <summary>What is wrong, a line each; empty when the value is as the schema has it.</summary>
    public IReadOnlyList<string> Validate(JToken value, JObject schema)
    {
        List<string> failures = [];
        Check(value, schema, "$", failures);
        return failures;
    }

    private void Check(JToken value, JObject schema, string path, List<string> failures)
    {
        if (value.Type == JTokenType.Null)
        {
            if (!IsNullable(schema) && !IsNullForDockerd(schema, path))
            {
                failures.Add($"{path}: null");
            }

            return;
        }

        if (Resolve(schema) is { } referenced)
        {
            Check(value, referenced, path, failures);
        }

        foreach (JToken part in schema["allOf"] ?? new JArray())
        {
            Check(value, (JObject)part, path, failures);
        }

        CheckType(value, schema, path, failures);
        if (schema["enum"] is JArray allowed && !allowed.Any(choice => choice is JValue ? choice.ToString() == value.ToString() : JToken.DeepEquals(choice, value)))
        {
            failures.Add($"{path}: '{value}' is none of {string.Join(", ", allowed)}");
        }
    }

    private void CheckType(JToken value, JObject schema, string path, List<string> failures)
    {
        bool fits = (string?)schema["type"] switch
        {
            "object" => value is JObject,
            "array" => value is JArray,
            "string" => value.Type == JTokenType.String && FitsFormat((string)value!, schema),
            "integer" => value.Type == JTokenType.Integer && FitsRange(value, schema),
            "number" => value.Type is JTokenType.Integer or JTokenType.Float,
            "boolean" => value.Type == JTokenType.Boolean,
            _ => true,
        };
        if (!fits)
        {
            failures.Add($"{path}: {value.ToString(Newtonsoft.Json.Formatting.None)} is no {schema["type"]} {schema["format"]} {schema["pattern"]}".TrimEnd());
            return;
        }

        if (value is JObject members)
        {
            CheckMembers(members, schema, path, failures);
        }
        else if (value is JArray items && schema["items"] is JObject itemSchema)
        {
            for (int index = 0; index < items.Count; index++)
            {
                Check(items[index], itemSchema, $"{path}[{index}]", failures);
            }
        }
    }

    private void CheckMembers(JObject members, JObject schema, string path, List<string> failures)
    {
        failures.AddRange((schema["required"] ?? new JArray()).Values<string>().Where(name => members[name!] is null).Select(name => $"{path}.{name}: missing"));
        JObject properties = schema["properties"] as JObject ?? [];
        foreach (JProperty member in members.Properties())
        {
            if (properties[member.Name] is JObject known)
            {
                Check(member.Value, known, $"{path}.{member.Name}", failures);
            }
            else if (schema["additionalProperties"] is JObject other)
            {
                Check(member.Value, other, $"{path}.{member.Name}", failures);
            }
        }
    }

    private JObject? Resolve(JObject schema) => (string?)schema["$ref"] is { } reference ? (JObject)definitions[reference[Reference.Length..]]! : null;

    private bool IsNullable(JObject schema) =>
        (string?)schema["x-nullable"] == "true"
        || (Resolve(schema) is { } referenced && IsNullable(referenced))
        || (schema["allOf"] is JArray { Count: > 0 } parts && parts.All(part => IsNullable((JObject)part)));

    /// <summary>Inside of an answer dockerd writes an empty list or map that nobody made as null, as Go does. An answer that is itself a list never is null.</summary>
    private bool IsNullForDockerd(JObject schema, string path) =>
        (Resolve(schema) is { } referenced && IsNullForDockerd(referenced, path))
        || (path != "$" && ((string?)schema["type"] == "array" || schema["additionalProperties"] is not null))
        || Array.Exists(s_nilPointers, pointer => path.EndsWith(pointer, StringComparison.Ordinal));

    private static bool FitsFormat(string text, JObject schema)
    {
        bool format = (string?)schema["format"] != "dateTime" && (string?)schema["format"] != "date-time"
            || DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _);
        return format && (schema["pattern"] is null || Regex.IsMatch(text, (string)schema["pattern"]!));
    }

    private static bool FitsRange(JToken value, JObject schema)
    {
        decimal number = (decimal)value;
        (decimal least, decimal most) = (string?)schema["format"] switch
        {
            "int8" => ((decimal)sbyte.MinValue, (decimal)sbyte.MaxValue),
            "int16" => ((decimal)short.MinValue, (decimal)short.MaxValue),
            "int32" => ((decimal)int.MinValue, (decimal)int.MaxValue),
            "uint8" => ((decimal)0, (decimal)byte.MaxValue),
            "uint16" => ((decimal)0, (decimal)ushort.MaxValue),
            "uint32" => ((decimal)0, (decimal)uint.MaxValue),
            "uint64" => ((decimal)0, (decimal)ulong.MaxValue),
            _ => ((decimal)long.MinValue, (decimal)long.MaxValue),
        };
        return number >= least && number <= most && (schema["minimum"] is not { } minimum || number >= decimal.Parse((string)minimum!, CultureInfo.InvariantCulture));
    }
}
