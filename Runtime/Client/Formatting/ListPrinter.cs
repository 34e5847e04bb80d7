using Rtd.Client.Templates;
using Rtd.Client.Terminal;

namespace Rtd.Client.Formatting;

/// <summary>Prints a list by --format: "table", "table TEMPLATE", "json" or a template for each line.</summary>
internal static class ListPrinter
{
    private const string TablePrefix = "table";

    /// <exception cref="ClientException">The template is malformed or asks for a field that there is not.</exception>
    public static void Print<T>(TextSink sink, string? format, string defaultTable, FieldTable<T> table, IEnumerable<T> items)
    {
        string chosen = string.IsNullOrEmpty(format) ? TablePrefix : format;
        bool isTable = chosen.StartsWith(TablePrefix, StringComparison.Ordinal);
        string body = isTable ? chosen[TablePrefix.Length..].Trim() : chosen;
        body = chosen == "json" ? "{{json .}}" : isTable && body.Length == 0 ? defaultTable : body;
        Template template = Parse(Unescape(body));
        if (isTable)
        {
            PrintTable(sink, template, table, items);
            return;
        }

        foreach (T item in items)
        {
            sink.WriteLine(Render(template, new FieldRow<T>(table, item)));
        }
    }

    private static void PrintTable<T>(TextSink sink, Template template, FieldTable<T> table, IEnumerable<T> items)
    {
        TableWriter writer = new();
        string header = Render(template, new HeaderRow<T>(table));
        List<string> rows = [];
        foreach (T item in items)
        {
            rows.Add(Render(template, new FieldRow<T>(table, item)));
        }

        writer.AddRow(header);
        rows.ForEach(writer.AddRow);
        writer.WriteTo(sink);
    }

    /// <summary>Shells pass \t and \n through as two characters.</summary>
    private static string Unescape(string format) =>
        format.Replace("\\t", "\t", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal);

    internal static Template Parse(string source)
    {
        try
        {
            return Template.Parse(source);
        }
        catch (TemplateException failure)
        {
            throw new ClientException("failed to parse template: " + failure.Message);
        }
    }

    internal static string Render(Template template, ITemplateObject row)
    {
        try
        {
            return template.Render(row);
        }
        catch (TemplateException failure)
        {
            throw new ClientException("failed to execute template: " + failure.Message);
        }
    }
}
