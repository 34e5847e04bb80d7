using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>USER name[:group]</c></summary>
internal sealed record UserInstruction : Instruction
{
    public override string Keyword => "USER";

    public required string User { get; init; }

    public static UserInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        return new UserInstruction { Source = line.Source, User = InstructionArguments.RequireOne("USER", line.Arguments) };
    }

    public override UserInstruction Expand(WordExpander words) => this with { User = words.Expand(User) };
}
