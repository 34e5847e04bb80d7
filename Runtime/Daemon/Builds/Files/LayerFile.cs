using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Builds.Files;

/// <summary>Something that a copy puts into a layer.</summary>
internal sealed record LayerFile
{
    /// <summary>From the source's place on; empty for the source itself.</summary>
    public required string Path { get; init; }

    public required TarEntryType Type { get; init; }

    public uint Mode { get; init; }

    public required FileOwner Owner { get; init; }

    public TarTime Modified { get; init; }

    public string LinkTarget { get; init; } = "";

    public long Size { get; init; }

    public (uint Major, uint Minor) Device { get; init; }

    public IReadOnlyList<KeyValuePair<byte[], byte[]>> Xattrs { get; init; } = [];

    /// <summary>Names of one file have one identity.</summary>
    public (ulong Device, ulong Inode)? Identity { get; init; }

    /// <summary>Opens a file's content.</summary>
    public Func<SafeFileHandle>? Open { get; init; }

    /// <summary>Content that is in no file.</summary>
    public byte[]? Content { get; init; }
}
