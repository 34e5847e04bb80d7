namespace Rtd.Client.Templates;

/// <summary>if, with or range: a pipeline, a body and what stands after else.</summary>
internal sealed class BranchNode(int position, BranchKind kind, PipelineNode pipeline, List<Node> body, List<Node> otherwise) : Node(position)
{
    public BranchKind Kind { get; } = kind;

    public PipelineNode Pipeline { get; } = pipeline;

    public List<Node> Body { get; } = body;

    public List<Node> Otherwise { get; } = otherwise;

    public override string Source => $"{{{{{Kind.ToString().ToLowerInvariant()} {Pipeline.Source}}}}}";
}
