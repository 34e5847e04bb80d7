using System.Text;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>Writes an archive of plain files of the daemon's own: ustar, with base-256 sizes above 8 GiB. Owner root, mode 0644, time 0, so that it is reproducible.</summary>
internal sealed class TarWriter(Stream output)
{
    private const long OctalLimit = 1L << 33;

    private int _padding;

    /// <summary>A header; the caller writes that many bytes to the stream, then calls <see cref="End"/>.</summary>
    /// <param name="name">At most 100 bytes.</param>
    public void Begin(string name, long size)
    {
        Span<byte> block = stackalloc byte[TarHeader.Length];
        block.Clear();
        if (!Encoding.UTF8.TryGetBytes(name, block[..100], out _))
        {
            throw new ArgumentException("the name is too long for a ustar header", nameof(name));
        }

        Octal(block.Slice(100, 8), 0x1A4);
        Octal(block.Slice(108, 8), 0);
        Octal(block.Slice(116, 8), 0);
        Size(block.Slice(124, 12), size);
        Octal(block.Slice(136, 12), 0);
        block[156] = (byte)'0';
        "ustar\u000000"u8.CopyTo(block[257..]);
        Checksum(block);
        output.Write(block);
        _padding = (int)(-size & (TarHeader.Length - 1));
    }

    public void End() => Zeros(_padding);

    public void File(string name, ReadOnlySpan<byte> content)
    {
        Begin(name, content.Length);
        output.Write(content);
        End();
    }

    /// <summary>The two zero blocks.</summary>
    public void Finish() => Zeros(2 * TarHeader.Length);

    private void Zeros(int count)
    {
        Span<byte> zeros = stackalloc byte[2 * TarHeader.Length];
        zeros.Clear();
        output.Write(zeros[..count]);
    }

    private static void Size(Span<byte> field, long size)
    {
        if (size < OctalLimit)
        {
            Octal(field, size);
            return;
        }

        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(field[4..], size);
        field[0] = 0x80;
    }

    /// <summary>Digits with leading zeros and a zero byte at the end.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static void Checksum(Span<byte> block)
    {
        block.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        Octal(block.Slice(148, 7), sum);
    }
}
