namespace Rtd.Client.Templates;

/// <summary>A function's name.</summary>
internal sealed class FunctionNode(int position, string name) : Node(position)
{
    public string Name { get; } = name;

    public override string Source => Name;
}
