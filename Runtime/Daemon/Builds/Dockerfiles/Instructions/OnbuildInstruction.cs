using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>ONBUILD instruction</c>: for the builds that begin with this image.</summary>
internal sealed record OnbuildInstruction : Instruction
{
    public override string Keyword => "ONBUILD";

    /// <summary>The instruction as written, with its heredocs; <see cref="Dockerfile.ParseTrigger"/> reads it again.</summary>
    public required string Trigger { get; init; }

    public static OnbuildInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        InstructionArguments.RequireSome("ONBUILD", line.Arguments.Length);
        switch (line.Arguments.Split(' ', '\t')[0].ToUpperInvariant())
        {
            case "ONBUILD":
                throw EngineException.InvalidParameter("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
            case ("MAINTAINER" or "FROM") and var keyword:
                throw EngineException.InvalidParameter($"{keyword} isn't allowed as an ONBUILD trigger");
            default:
                string documents = string.Concat(line.Heredocs.Select(document => $"\n{document.Content}{document.Name}"));
                return new OnbuildInstruction { Source = line.Source, Trigger = line.Arguments + documents };
        }
    }
}
