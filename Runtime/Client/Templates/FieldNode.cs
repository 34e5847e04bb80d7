namespace Rtd.Client.Templates;

/// <summary>Fields of the dot, of a variable, or of what stands in parentheses: ".State.Status", "$c.Names", "(index . 0).Id".</summary>
internal sealed class FieldNode(int position, Node? target, string? variable, string[] names) : Node(position)
{
    /// <summary>What the fields are of; null for the dot or the variable.</summary>
    public Node? Target { get; } = target;

    /// <summary>The variable's name with its "$", or null.</summary>
    public string? Variable { get; } = variable;

    /// <summary>The names in order; none means the thing itself.</summary>
    public string[] Names { get; } = names;

    public override string Source
    {
        get
        {
            string fields = string.Concat(Names.Select(name => "." + name));
            return Target is not null ? $"({Target.Source}){fields}" : Variable is not null ? Variable + fields : fields.Length == 0 ? "." : fields;
        }
    }
}
