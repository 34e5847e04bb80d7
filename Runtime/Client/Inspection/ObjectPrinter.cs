using System.Text;
using System.Text.Json;
using Rtd.Client.Json;
using Rtd.Client.Templates;

namespace Rtd.Client.Inspection;

/// <summary>Collects what inspect shows.</summary>
internal sealed class ObjectPrinter
{
    private readonly StringBuilder _text = new();
    private readonly Template? _template;
    private readonly bool _isCompact;
    private int _count;

    private ObjectPrinter(Template? template, bool isCompact)
    {
        _template = template;
        _isCompact = isCompact;
    }

    /// <param name="format">Nothing for indented JSON, "json" for compact, else a template.</param>
    /// <exception cref="ClientException">The template is malformed.</exception>
    public static ObjectPrinter Create(string? format)
    {
        if (string.IsNullOrEmpty(format) || format == "json")
        {
            return new ObjectPrinter(null, isCompact: format == "json");
        }

        try
        {
            return new ObjectPrinter(Template.Parse(format), isCompact: false);
        }
        catch (TemplateException failure)
        {
            throw new ClientException("template parsing error: " + failure.Message);
        }
    }

    /// <exception cref="TemplateException">The template asks for what the object does not have.</exception>
    public void Add(JsonElement element)
    {
        if (_template is not null)
        {
            _text.Append(_template.Render(JsonView.Of(element, ""))).Append('\n');
        }
        else if (_isCompact)
        {
            _text.Append(_count > 0 ? "," : "");
            JsonText.Compact(element, _text);
        }
        else
        {
            _text.Append(_count > 0 ? ",\n    " : "\n    ");
            JsonText.Indent(element, _text, 1);
        }

        _count++;
    }

    public string Text()
    {
        if (_template is not null)
        {
            return _text.Length == 0 ? "\n" : _text.ToString();
        }

        return _isCompact || _count == 0 ? $"[{_text}]\n" : $"[{_text}\n]\n";
    }
}
