namespace Rtd.Daemon.Storage.Tar;

/// <summary>Hears of every byte of an archive that is not kept in a file, in order, so that the archive can be put together again.</summary>
internal interface ITarTape
{
    /// <summary>Headers, padding, and content that nobody took.</summary>
    void Raw(ReadOnlySpan<byte> bytes);

    /// <summary>The content of the current entry is in a file of this path (below the layer's root).</summary>
    void Content(ReadOnlySpan<byte> path, long size);
}
