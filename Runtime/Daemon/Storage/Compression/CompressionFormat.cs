namespace Rtd.Daemon.Storage.Compression;

/// <summary>The compressions an archive may come in.</summary>
internal enum CompressionFormat
{
    None,
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}
