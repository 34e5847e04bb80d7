using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>Keeps what an archive has besides file content, so that the very same archive, byte for byte, can be written again.</summary>
/// <remarks>
/// A gzip file of records. 'R', length (4 bytes, little endian), bytes: taken as they are. 'C', path length (4), path, size (8): the content of
/// a file in the layer. Without it a saved image would get other digests than the one that was loaded.
/// </remarks>
internal sealed class TarTape : ITarTape, IDisposable
{
    private const int RawLimit = 64 * 1024;

    private readonly GZipStream _output;
    private readonly byte[] _raw = new byte[RawLimit];
    private int _rawLength;

    public TarTape(string path) => _output = new GZipStream(File.Create(path), CompressionLevel.Fastest);

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, RawLimit - _rawLength);
            bytes[..length].CopyTo(_raw.AsSpan(_rawLength));
            _rawLength += length;
            bytes = bytes[length..];
            if (_rawLength == RawLimit)
            {
                FlushRaw();
            }
        }
    }

    public void Content(ReadOnlySpan<byte> path, long size)
    {
        FlushRaw();
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(number, path.Length);
        _output.WriteByte((byte)'C');
        _output.Write(number[..4]);
        _output.Write(path);
        BinaryPrimitives.WriteInt64LittleEndian(number, size);
        _output.Write(number);
    }

    public void Dispose()
    {
        FlushRaw();
        _output.Dispose();
    }

    /// <summary>Plays a tape: raw bytes and content in the archive's order.</summary>
    public static void Play(string path, ITarTape to)
    {
        using GZipStream input = new(File.OpenRead(path), CompressionMode.Decompress);
        using BufferedStream records = new(input, RawLimit);
        byte[] buffer = new byte[RawLimit];
        Span<byte> number = stackalloc byte[8];
        int kind;
        while ((kind = records.ReadByte()) >= 0)
        {
            records.ReadExactly(number[..4]);
            int length = BinaryPrimitives.ReadInt32LittleEndian(number);
            if (length < 0 || length > buffer.Length || kind is not ('R' or 'C'))
            {
                throw new InvalidDataException($"{path}: damaged at a record '{Encoding.Latin1.GetString([(byte)kind])}'");
            }

            records.ReadExactly(buffer.AsSpan(0, length));
            if (kind == 'R')
            {
                to.Raw(buffer.AsSpan(0, length));
                continue;
            }

            records.ReadExactly(number);
            to.Content(buffer.AsSpan(0, length), BinaryPrimitives.ReadInt64LittleEndian(number));
        }
    }

    private void FlushRaw()
    {
        if (_rawLength == 0)
        {
            return;
        }

        Span<byte> head = stackalloc byte[5];
        head[0] = (byte)'R';
        BinaryPrimitives.WriteInt32LittleEndian(head[1..], _rawLength);
        _output.Write(head);
        _output.Write(_raw.AsSpan(0, _rawLength));
        _rawLength = 0;
    }
}
