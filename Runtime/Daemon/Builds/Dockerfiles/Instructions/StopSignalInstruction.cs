using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>STOPSIGNAL signal</c></summary>
internal sealed record StopSignalInstruction : Instruction
{
    public override string Keyword => "STOPSIGNAL";

    public required string Signal { get; init; }

    public static StopSignalInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new StopSignalInstruction { Source = line.Source, Signal = InstructionArguments.RequireOne("STOPSIGNAL", line.Arguments) };
    }

    public override StopSignalInstruction Expand(WordExpander words) => this with { Signal = words.Expand(Signal) };
}
