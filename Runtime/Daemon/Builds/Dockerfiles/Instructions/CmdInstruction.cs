using Rtd.Daemon.Builds.Dockerfiles.Lines;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>CMD ["word", …]</c>, or <c>CMD text for the shell</c>; variables are left to the shell.</summary>
internal sealed record CmdInstruction : Instruction
{
    public override string Keyword => "CMD";

    public required CommandLine Command { get; init; }

    public static CmdInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new CmdInstruction { Source = line.Source, Command = InstructionArguments.Command(line.Arguments) };
    }
}
