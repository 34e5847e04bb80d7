namespace Rtd.Client.Templates;

/// <summary>Text outside actions.</summary>
internal sealed class TextNode(int position, string text) : Node(position)
{
    public string Text { get; } = text;

    public override string Source => Text;
}
