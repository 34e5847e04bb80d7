using System.Text;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>Writes an archive: ustar, with a PAX header (POSIX.1-2001) before what ustar cannot say.</summary>
internal sealed class TarWriter(Stream output)
{
    /// <summary>The first numbers that the octal digits of size and mtime, and those of uid and gid, cannot hold.</summary>
    private const long OctalLimit = 1L << 33, IdLimit = 1 << 21;

    private const int NameLength = 100;

    private int _padding;

    /// <summary>The header of a member with all it says; of a file's content the caller writes the bytes, then calls <see cref="End"/>.</summary>
    public void Begin(TarEntry entry)
    {
        byte[] pax = PaxWriter.Records(
            entry,
            longName: entry.Name.Length > NameLength,
            longLink: entry.LinkName.Length > NameLength,
            largeSize: entry.Size >= OctalLimit,
            largeOwner: entry.Uid >= IdLimit || entry.Gid >= IdLimit,
            oddTime: entry.Modified.Seconds is < 0 or >= OctalLimit || entry.Modified.Nanoseconds != 0);
        if (pax.Length > 0)
        {
            Header("PaxHeaders.0/x"u8, [], 'x', pax.Length, 0x1A4, 0, 0, 0, (0, 0));
            output.Write(pax);
            Zeros((int)(-pax.Length & (TarHeader.Length - 1)));
        }

        Header(
            entry.Name,
            entry.LinkName,
            TypeFlag(entry.Type),
            entry.Size < OctalLimit ? entry.Size : 0,
            entry.Mode,
            entry.Uid < IdLimit ? entry.Uid : 0,
            entry.Gid < IdLimit ? entry.Gid : 0,
            entry.Modified.Seconds is >= 0 and < OctalLimit ? entry.Modified.Seconds : 0,
            (entry.DeviceMajor, entry.DeviceMinor));
        _padding = (int)(-entry.Size & (TarHeader.Length - 1));
    }

    /// <summary>
    /// The header of a file of the daemon's own: owner root, mode 0644, time 0, so that it is reproducible. The caller writes that many
    /// bytes to the stream, then calls <see cref="End"/>.
    /// </summary>
    /// <param name="name">At most 100 bytes.</param>
    public void Begin(string name, long size)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(name);
        Begin(new TarEntry
        {
            Name = bytes.Length <= NameLength ? bytes : throw new ArgumentException("the name is too long for a ustar header", nameof(name)),
            LinkName = [],
            Type = TarEntryType.File,
            Size = size,
            Mode = 0x1A4,
            Uid = 0,
            Gid = 0,
            Modified = default,
            DeviceMajor = 0,
            DeviceMinor = 0,
            Xattrs = [],
        });
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

    private void Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> link, char type, long size, uint mode, uint uid, uint gid, long modified, (uint Major, uint Minor) device)
    {
        Span<byte> block = stackalloc byte[TarHeader.Length];
        block.Clear();
        name[..Math.Min(name.Length, NameLength)].CopyTo(block);
        Octal(block.Slice(100, 8), mode);
        Octal(block.Slice(108, 8), uid);
        Octal(block.Slice(116, 8), gid);
        Octal(block.Slice(124, 12), size);
        Octal(block.Slice(136, 12), modified);
        block[156] = (byte)type;
        link[..Math.Min(link.Length, NameLength)].CopyTo(block[157..]);
        "ustar\u000000"u8.CopyTo(block[257..]);
        Octal(block.Slice(329, 8), device.Major);
        Octal(block.Slice(337, 8), device.Minor);
        Checksum(block);
        output.Write(block);
    }

    private static char TypeFlag(TarEntryType type) => type switch
    {
        TarEntryType.File => '0',
        TarEntryType.HardLink => '1',
        TarEntryType.SymbolicLink => '2',
        TarEntryType.CharacterDevice => '3',
        TarEntryType.BlockDevice => '4',
        TarEntryType.Directory => '5',
        TarEntryType.Fifo => '6',
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

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
