using Rtd.Daemon.Builds.Dockerfiles.Lines;
using Rtd.Daemon.Builds.Dockerfiles.Words;

namespace Rtd.Daemon.Builds.Dockerfiles.Instructions;

/// <summary><c>ADD [--checksum=…] … source … destination</c></summary>
internal sealed record AddInstruction : Instruction
{
    public override string Keyword => "ADD";

    public required FileSources Sources { get; init; }

    public string? Chown { get; init; }

    public string? Chmod { get; init; }

    public bool Link { get; init; }

    /// <summary>Of a remote file: <c>sha256:…</c>.</summary>
    public string? Checksum { get; init; }

    /// <summary>The <c>.git</c> of a git address is kept.</summary>
    public bool KeepGitDirectory { get; init; }

    /// <summary>Whether local archives are unpacked and remote ones are; null as usual: local ones are, remote ones are not.</summary>
    public bool? Unpack { get; init; }

    /// <summary>Patterns of what is left out, relative to each source.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    public static AddInstruction Parse(InstructionLine line)
    {
        bool hasUnpack = line.Flags.Has("unpack");
        AddInstruction add = new()
        {
            Source = line.Source,
            Sources = FileSources.Parse(line),
            Chown = line.Flags.Text("chown"),
            Chmod = line.Flags.Text("chmod"),
            Link = line.Flags.Boolean("link"),
            Checksum = line.Flags.Text("checksum"),
            KeepGitDirectory = line.Flags.Boolean("keep-git-dir"),
            Unpack = hasUnpack ? line.Flags.Boolean("unpack") : null,
            Exclude = line.Flags.Texts("exclude"),
        };
        line.Flags.RefuseOthers();
        return add;
    }

    public override AddInstruction Expand(WordExpander words) => this with
    {
        Sources = Sources.Expand(words),
        Chown = Chown is null ? null : words.Expand(Chown),
        Chmod = Chmod is null ? null : words.Expand(Chmod),
        Checksum = Checksum is null ? null : words.Expand(Checksum),
        Exclude = Exclude.Select(words.Expand).ToList(),
    };
}
