using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>SHELL ["word", …]</c>: what runs the shell forms that follow.</summary>
internal sealed record ShellInstruction : Instruction
{
    public override string Keyword => "SHELL";

    public required IReadOnlyList<string> Shell { get; init; }

    public static ShellInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        InstructionArguments.RequireSome("SHELL", line.Arguments.Length);
        List<string> words = InstructionArguments.Json(line.Arguments)
            ?? throw EngineException.InvalidParameter($"SHELL requires the arguments to be in JSON form: {line.Source.Text}");
        InstructionArguments.RequireSome("SHELL", words.Count);
        return new ShellInstruction { Source = line.Source, Shell = words };
    }
}
