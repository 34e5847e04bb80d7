namespace Rtd.Client.Templates;

/// <summary>A Go template: parsed once, run for each item.</summary>
internal sealed class Template
{
    private readonly string _source;
    private readonly List<Node> _nodes;

    private Template(string source)
    {
        _source = source;
        _nodes = new TemplateParser(source).Parse();
    }

    /// <exception cref="TemplateException">The template is malformed.</exception>
    public static Template Parse(string source) => new(source);

    /// <summary>The text for one value.</summary>
    /// <exception cref="TemplateException">The template asks for something the value does not have.</exception>
    public string Render(object? value) => new TemplateExecutor(_source).Run(_nodes, value);
}
