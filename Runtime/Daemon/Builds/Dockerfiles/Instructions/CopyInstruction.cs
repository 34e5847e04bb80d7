using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>COPY [--from=…] … source … destination</c></summary>
internal sealed record CopyInstruction : Instruction
{
    public override string Keyword => "COPY";

    public required FileSources Sources { get; init; }

    /// <summary>A stage by name or number, or an image; null for the context. Variables are not put in.</summary>
    public string? From { get; init; }

    public string? Chown { get; init; }

    public string? Chmod { get; init; }

    public bool Link { get; init; }

    /// <summary>Sources keep their parent directories, from <c>/./</c> on where that stands in one.</summary>
    public bool Parents { get; init; }

    /// <summary>Patterns of what is left out, relative to each source.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    public static CopyInstruction Parse(InstructionLine line)
    {
        CopyInstruction copy = new()
        {
            Source = line.Source,
            Sources = FileSources.Parse(line),
            From = line.Flags.Text("from"),
            Chown = line.Flags.Text("chown"),
            Chmod = line.Flags.Text("chmod"),
            Link = line.Flags.Boolean("link"),
            Parents = line.Flags.Boolean("parents"),
            Exclude = line.Flags.Texts("exclude"),
        };
        line.Flags.RefuseOthers();
        return copy;
    }

    public override CopyInstruction Expand(WordExpander words) => this with
    {
        Sources = Sources.Expand(words),
        Chown = Chown is null ? null : words.Expand(Chown),
        Chmod = Chmod is null ? null : words.Expand(Chmod),
        Exclude = Exclude.Select(words.Expand).ToList(),
    };
}
