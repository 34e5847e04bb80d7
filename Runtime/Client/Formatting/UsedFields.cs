using System.Text;
using Rtd.Client.Templates;

namespace Rtd.Client.Formatting;

/// <summary>Runs a template on nothing, to learn which fields it reads before the daemon is asked for them.</summary>
internal sealed class UsedFields(string typeName, IEnumerable<string> known) : ITemplateObject
{
    private readonly HashSet<string> _known = [.. known, "Label"];
    private readonly HashSet<string> _used = [];

    public string TypeName => typeName;

    /// <summary>Whether a format reads the field.</summary>
    /// <exception cref="ClientException">The format is malformed, or reads a field that there is not.</exception>
    public bool Uses(string format, string field)
    {
        ListPrinter.Render(ListPrinter.Parse(format), this);
        return _used.Contains(field);
    }

    public bool TryGet(string name, ReadOnlySpan<object?> arguments, out object? value)
    {
        _used.Add(name);
        value = "";
        return _known.Contains(name);
    }

    public void WriteJson(StringBuilder json)
    {
        _used.UnionWith(_known);
        json.Append("{}");
    }
}
