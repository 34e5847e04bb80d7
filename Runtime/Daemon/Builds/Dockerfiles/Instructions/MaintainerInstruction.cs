using Rtd.Daemon.Builds.Dockerfiles.Lines;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>MAINTAINER name</c>: the image's author.</summary>
internal sealed record MaintainerInstruction : Instruction
{
    public override string Keyword => "MAINTAINER";

    public required string Author { get; init; }

    public static MaintainerInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new MaintainerInstruction { Source = line.Source, Author = InstructionArguments.RequireOne("MAINTAINER", line.Arguments) };
    }
}
