namespace Rtd.Daemon.Storage.Tar;

/// <summary>The 512-byte header block of a member: v7, ustar (POSIX.1-1988), star and GNU layouts.</summary>
/// <remarks>
/// Fields (offset, length): name 0,100; mode 100,8; uid 108,8; gid 116,8; size 124,12; mtime 136,12; checksum 148,8; type 156,1;
/// linkname 157,100; magic 257,6; version 263,2; uname 265,32; gname 297,32; devmajor 329,8; devminor 337,8; prefix 345,155.
/// star puts "tar" and a zero in the last four bytes and has a prefix of 131; GNU has other fields where the prefix is.
/// </remarks>
internal readonly ref struct TarHeader
{
    public const int Length = 512;

    private readonly ReadOnlySpan<byte> _block;

    private TarHeader(ReadOnlySpan<byte> block) => _block = block;

    /// <summary>The type flag as it stands in the header.</summary>
    public char Type => (char)_block[156];

    public ReadOnlySpan<byte> LinkName => Text(157, 100);

    public long Size => Number(124, 12, "size");

    public long Mode => Number(100, 8, "mode");

    public long Uid => Number(108, 8, "uid");

    public long Gid => Number(116, 8, "gid");

    public long Modified => Number(136, 12, "mtime");

    public long DeviceMajor => HasDevice ? Number(329, 8, "devmajor") : 0;

    public long DeviceMinor => HasDevice ? Number(337, 8, "devminor") : 0;

    private bool IsUstar => _block[257..263].SequenceEqual("ustar\0"u8);

    private bool HasDevice => IsUstar || _block[257..263].SequenceEqual("ustar "u8);

    /// <summary>Checks the checksum (as unsigned or, for old archivers, as signed bytes).</summary>
    /// <exception cref="Errors.EngineException">The block is not a header.</exception>
    public static TarHeader Parse(ReadOnlySpan<byte> block)
    {
        TarHeader header = new(block);
        return header.HasValidChecksum() ? header : throw TarError.Archive("header checksum mismatch");
    }

    /// <summary>True for a block that is a member's header.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block) => !block.Slice(148, 8).ContainsAnyExcept("01234567 \0"u8) && new TarHeader(block).HasValidChecksum();

    private bool HasValidChecksum()
    {
        long expected = Number(148, 8, "checksum");
        int unsigned = 0;
        int signed = 0;
        for (int i = 0; i < Length; i++)
        {
            byte value = i is >= 148 and < 156 ? (byte)' ' : _block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return expected == unsigned || expected == signed;
    }

    /// <summary>The name with its ustar prefix.</summary>
    public byte[] FullName()
    {
        ReadOnlySpan<byte> name = Text(0, 100);
        ReadOnlySpan<byte> prefix = Prefix();
        if (prefix.IsEmpty)
        {
            return name.ToArray();
        }

        byte[] full = new byte[prefix.Length + 1 + name.Length];
        prefix.CopyTo(full);
        full[prefix.Length] = (byte)'/';
        name.CopyTo(full.AsSpan(prefix.Length + 1));
        return full;
    }

    private ReadOnlySpan<byte> Prefix()
    {
        if (!IsUstar)
        {
            return default;
        }

        bool star = _block[508..512].SequenceEqual("tar\0"u8);
        return Text(345, star ? 131 : 155);
    }

    private ReadOnlySpan<byte> Text(int offset, int length)
    {
        ReadOnlySpan<byte> field = _block.Slice(offset, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    /// <summary>Octal digits, or base-256 with the top bit of the first byte set (GNU and star, for what octal cannot hold).</summary>
    private long Number(int offset, int length, string field)
    {
        ReadOnlySpan<byte> digits = _block.Slice(offset, length);
        return (digits[0] & 0x80) != 0 ? Base256(digits, field) : Octal(digits, field);
    }

    private static long Base256(ReadOnlySpan<byte> digits, string field)
    {
        bool negative = (digits[0] & 0x40) != 0;
        Int128 value = negative ? -1 : 0;
        for (int i = 0; i < digits.Length; i++)
        {
            byte digit = i == 0 ? (byte)((digits[0] & 0x7F) | (negative ? 0x80 : 0)) : digits[i];
            value = (value << 8) | digit;
        }

        return value >= long.MinValue && value <= long.MaxValue ? (long)value : throw TarError.Archive($"{field} is out of range");
    }

    private static long Octal(ReadOnlySpan<byte> digits, string field)
    {
        ReadOnlySpan<byte> text = digits.Trim(" \0"u8);
        long value = 0;
        foreach (byte digit in text)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                throw TarError.Archive($"{field} is not a number");
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return value;
    }
}
