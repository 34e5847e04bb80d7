using Rtd.Daemon.Builds.Dockerfiles.Instructions;

namespace Rtd.Daemon.Builds.Dockerfiles;

/// <summary><c>FROM</c> and what follows up to the next one.</summary>
internal sealed record Stage
{
    public required int Index { get; init; }

    /// <summary>The base as written: an image, an earlier stage or <c>scratch</c>; variables are global ARGs, see <see cref="Arguments.BuildArguments.FromWords"/>.</summary>
    public required string Base { get; init; }

    /// <summary>The name after AS in lower case, or null.</summary>
    public string? Name { get; init; }

    /// <summary>The platform as written, with variables, or null.</summary>
    public string? Platform { get; init; }

    public required SourceLine Source { get; init; }

    public required IReadOnlyList<Instruction> Instructions { get; init; }
}
