using System.Buffers.Binary;
using System.IO.Compression;

namespace Rtd.Daemon.Storage.Compression;

/// <summary>Finds out by the first bytes how a stream is compressed, and decompresses it in this process: no helper program is ever run.</summary>
internal static class Decompression
{
    private const int MagicLength = 6;

    /// <summary>A stream of the plain bytes. Damaged input throws <see cref="InvalidDataException"/> while it is read.</summary>
    /// <param name="source">Not closed with the result.</param>
    public static Stream Open(Stream source, out CompressionFormat format)
    {
        byte[] magic = new byte[MagicLength];
        int length = source.ReadAtLeast(magic, MagicLength, throwOnEndOfStream: false);
        format = Detect(magic.AsSpan(0, length));
        Stream whole = new PrefixedStream(magic.AsMemory(0, length), source);
        return format switch
        {
            CompressionFormat.Gzip => new GZipStream(whole, CompressionMode.Decompress),
            CompressionFormat.Bzip2 => new Bzip2Stream(whole),
            CompressionFormat.Xz => new XzStream(whole),
            CompressionFormat.Zstd => new ZstdStream(whole),
            _ => whole,
        };
    }

    internal static CompressionFormat Detect(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 0x08, ..] => CompressionFormat.Gzip,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => CompressionFormat.Bzip2,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00, ..] => CompressionFormat.Xz,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => CompressionFormat.Zstd,
        _ when start.Length >= 4 && IsSkippableZstd(start) => CompressionFormat.Zstd,
        _ => CompressionFormat.None,
    };

    /// <summary>A zstd stream may begin with a skippable frame (RFC 8878, 3.1.2), as those of pzstd and of seekable writers do.</summary>
    private static bool IsSkippableZstd(ReadOnlySpan<byte> start) => (BinaryPrimitives.ReadUInt32LittleEndian(start) & 0xFFFFFFF0) == 0x184D2A50;
}
