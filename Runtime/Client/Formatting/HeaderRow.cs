using System.Text;
using Rtd.Client.Templates;

namespace Rtd.Client.Formatting;

/// <summary>The headings of a table: a template run on it gives the first line.</summary>
internal sealed class HeaderRow<T>(FieldTable<T> table) : ITemplateObject
{
    public string TypeName => table.TypeName;

    public bool TryGet(string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        value = name == "Label" && arguments.Length == 1 && arguments[0] is string label ? LabelHeader(label) : table.Find(name)?.Header;
        return true;
    }

    public void WriteJson(StringBuilder json) => json.Append("{}");

    /// <summary>The last part of a dotted label, with spaces for dashes and underscores.</summary>
    private static string LabelHeader(string label) => label[(label.LastIndexOf('.') + 1)..].Replace('-', ' ').Replace('_', ' ');
}
