namespace Rtd.Daemon.Builds.Dockerfiles.Lines;

/// <summary>An instruction taken apart as far as all instructions are alike.</summary>
internal sealed record InstructionLine
{
    /// <summary>In upper case.</summary>
    public required string Keyword { get; init; }

    public required InstructionFlags Flags { get; init; }

    /// <summary>What follows keyword and flags, without blanks around it.</summary>
    public required string Arguments { get; init; }

    public required char Escape { get; init; }

    public required SourceLine Source { get; init; }

    public IReadOnlyList<Heredoc> Heredocs { get; init; } = [];
}
