using System.Text;
using Rtd.Client.Json;
using Rtd.Client.Templates;

namespace Rtd.Client.Formatting;

/// <summary>A line of a list as a template sees it.</summary>
internal sealed class FieldRow<T>(FieldTable<T> table, T item) : ITemplateObject
{
    public string TypeName => table.TypeName;

    public bool TryGet(string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        if (name == "Label" && table.Label is not null && arguments.Length == 1 && arguments[0] is string label)
        {
            value = table.Label(item, label);
            return true;
        }

        Field<T>? field = table.Find(name);
        value = field?.Read(item);
        return field is not null;
    }

    public void WriteJson(StringBuilder json)
    {
        char separator = '{';
        foreach (Field<T> field in table.Fields.OrderBy(field => field.Name, StringComparer.Ordinal))
        {
            json.Append(separator);
            separator = ',';
            JsonText.Quote(json, field.Name);
            json.Append(':');
            if (field.Read(item) is { } value)
            {
                JsonText.Quote(json, GoPrint.Value(value));
            }
            else
            {
                json.Append("null");
            }
        }

        json.Append('}');
    }
}
