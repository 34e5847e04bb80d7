namespace Rtd.Client.Templates;

/// <summary>An operand, or a function or method with its arguments.</summary>
internal sealed class CommandNode(int position, List<Node> operands) : Node(position)
{
    public List<Node> Operands { get; } = operands;

    public override string Source => string.Join(' ', Operands.Select(operand => operand is PipelineNode ? $"({operand.Source})" : operand.Source));
}
