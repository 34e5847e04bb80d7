using Rtd.Daemon.Builds.Dockerfiles.Lines;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>ENTRYPOINT ["word", …]</c>, or <c>ENTRYPOINT text for the shell</c>; variables are left to the shell.</summary>
internal sealed record EntrypointInstruction : Instruction
{
    public override string Keyword => "ENTRYPOINT";

    public required CommandLine Command { get; init; }

    public static EntrypointInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new EntrypointInstruction { Source = line.Source, Command = InstructionArguments.Command(line.Arguments) };
    }
}
