using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>ENV name=value …</c>, or <c>ENV name all the rest</c>.</summary>
internal sealed record EnvInstruction : Instruction
{
    public override string Keyword => "ENV";

    public required IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; }

    public static EnvInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new EnvInstruction { Source = line.Source, Variables = InstructionArguments.Pairs("ENV", line.Arguments, line.Escape) };
    }

    public override EnvInstruction Expand(WordExpander words) => this with { Variables = InstructionArguments.Expand(Variables, words) };
}
