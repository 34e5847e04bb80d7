namespace Rtd.Client.Templates;

/// <summary>A pipeline whose result is printed, unless it only sets a variable.</summary>
internal sealed class ActionNode(int position, PipelineNode pipeline) : Node(position)
{
    public PipelineNode Pipeline { get; } = pipeline;

    public override string Source => "{{" + Pipeline.Source + "}}";
}
