namespace Rtd.Client.Templates;

/// <summary>break or continue.</summary>
internal sealed class LoopNode(int position, bool isBreak) : Node(position)
{
    public bool IsBreak { get; } = isBreak;

    public override string Source => IsBreak ? "{{break}}" : "{{continue}}";
}
