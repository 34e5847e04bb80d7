using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>VOLUME path …</c>, or <c>VOLUME ["path", …]</c>.</summary>
internal sealed record VolumeInstruction : Instruction
{
    public override string Keyword => "VOLUME";

    public required IReadOnlyList<string> Paths { get; init; }

    public static VolumeInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        List<string> paths = InstructionArguments.List(line.Arguments);
        InstructionArguments.RequireSome("VOLUME", paths.Count);
        return new VolumeInstruction { Source = line.Source, Paths = paths.ConvertAll(Checked) };
    }

    public override VolumeInstruction Expand(WordExpander words) => this with { Paths = Paths.Select(words.Expand).Select(Checked).ToList() };

    private static string Checked(string path) =>
        path.Trim() is { Length: > 0 } trimmed ? trimmed : throw EngineException.InvalidParameter("VOLUME specified can not be an empty string");
}
