namespace Rtd.Client.Templates;

/// <summary>A constant: string, number, boolean or nil.</summary>
internal sealed class LiteralNode(int position, string source, object? value) : Node(position)
{
    public object? Value { get; } = value;

    public override string Source { get; } = source;
}
