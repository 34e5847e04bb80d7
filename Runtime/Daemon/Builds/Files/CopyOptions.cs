namespace Rtd.Daemon.Builds.Files;

/// <summary>What COPY and ADD say of all their files.</summary>
internal sealed record CopyOptions
{
    /// <summary><c>--chown</c>; null keeps what is usual for the source.</summary>
    public FileOwner? Owner { get; init; }

    /// <summary><c>--chmod</c>; null keeps the files' own.</summary>
    public uint? Mode { get; init; }

    public bool Parents { get; init; }

    /// <summary>Whether a path below a source is left out.</summary>
    public Func<string, bool> Excludes { get; init; } = _ => false;

    /// <summary>Something in a directory that is left out may be copied all the same.</summary>
    public bool MayIncludeBelow { get; init; }

    /// <summary>Archives of the context are unpacked.</summary>
    public bool Unpack { get; init; }
}
