using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>WORKDIR path</c></summary>
internal sealed record WorkdirInstruction : Instruction
{
    public override string Keyword => "WORKDIR";

    public required string Path { get; init; }

    public static WorkdirInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new WorkdirInstruction { Source = line.Source, Path = InstructionArguments.RequireOne("WORKDIR", line.Arguments) };
    }

    public override WorkdirInstruction Expand(WordExpander words) => this with { Path = words.Expand(Path) };
}
