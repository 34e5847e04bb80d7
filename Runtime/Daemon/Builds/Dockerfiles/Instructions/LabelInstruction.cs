using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>LABEL name=value …</c>, or <c>LABEL name all the rest</c>.</summary>
internal sealed record LabelInstruction : Instruction
{
    public override string Keyword => "LABEL";

    public required IReadOnlyList<KeyValuePair<string, string>> Labels { get; init; }

    public static LabelInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new LabelInstruction { Source = line.Source, Labels = InstructionArguments.Pairs("LABEL", line.Arguments, line.Escape) };
    }

    public override LabelInstruction Expand(WordExpander words) => this with { Labels = InstructionArguments.Expand(Labels, words) };
}
