using Rtd.Daemon.Builds.Contexts;

namespace Rtd.Daemon.Builds.Files;

/// <summary>One thing that COPY or ADD takes: a file, or a directory with all that is in it.</summary>
internal sealed record CopySource
{
    /// <summary>What it is called at its destination if that is a directory.</summary>
    public required string Name { get; init; }

    /// <summary>Directories to keep above it (<c>--parents</c>); empty for none.</summary>
    public string Above { get; init; } = "";

    /// <summary>Its content goes into the destination.</summary>
    public required bool IsDirectory { get; init; }

    /// <summary>Itself and what is in it, a directory before what it holds.</summary>
    public required IReadOnlyList<LayerFile> Files { get; init; }

    /// <summary>Is an archive to be unpacked.</summary>
    public bool IsArchive { get; init; }

    /// <summary>Where a downloaded file lies, to be removed after the copy.</summary>
    public PrivateTree? Downloaded { get; init; }
}
