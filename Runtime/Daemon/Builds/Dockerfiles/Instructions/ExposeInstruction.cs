using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>EXPOSE port[-port][/protocol] …</c></summary>
internal sealed record ExposeInstruction : Instruction
{
    public override string Keyword => "EXPOSE";

    /// <summary>Words as written, in order of their characters; <see cref="ExposedPorts"/> takes them apart when variables are in.</summary>
    public required IReadOnlyList<string> Ports { get; init; }

    public static ExposeInstruction Parse(InstructionLine line)
    {
        line.Flags.RefuseOthers();
        List<string> ports = WordSplitter.Blanks(line.Arguments);
        InstructionArguments.RequireSome("EXPOSE", ports.Count);
        ports.Sort(StringComparer.Ordinal);
        return new ExposeInstruction { Source = line.Source, Ports = ports };
    }

    /// <summary>A variable may hold several ports.</summary>
    public override ExposeInstruction Expand(WordExpander words) => this with { Ports = Ports.SelectMany(words.ExpandWords).ToList() };
}
