using System.Buffers;

namespace Rtd.Daemon.Storage.Tar;

/// <summary>Reads an archive front to back: v7, ustar, star, GNU long names, PAX.</summary>
/// <remarks>
/// Our own rather than System.Formats.Tar because that one turns names and PAX values into text (binary xattrs such as
/// security.capability do not survive), and takes as much memory for a PAX header as the header claims.
/// Where archivers disagree (a PAX and a GNU name for one member, sparse files, content behind a link) the archive is refused
/// rather than guessed at.
/// </remarks>
internal sealed class TarReader(Stream source, ITarTape? tape = null)
{
    /// <summary>The longest extended header, long name or long link that is read into memory; other readers draw the line at the same place.</summary>
    private const int MaxExtended = 1 << 20;

    private readonly byte[] _block = new byte[TarHeader.Length];
    private long _content;
    private int _padding;
    private bool _ended;

    /// <summary>True once the two zero blocks that end an archive have been seen; false at an end of the stream without them.</summary>
    public bool SawEndMarker { get; private set; }

    /// <summary>The next member, or null at the end of the archive. Content of the one before that was not taken is skipped.</summary>
    public TarEntry? Next()
    {
        SkipContent();
        PaxRecords? pax = null;
        byte[]? longName = null;
        byte[]? longLink = null;
        while (ReadBlock())
        {
            TarHeader header = TarHeader.Parse(_block);
            switch (header.Type)
            {
                case 'x':
                    pax = Once(pax, PaxRecords.Parse(Extended(header)));
                    break;
                case 'L':
                    longName = Once(longName, Name(Extended(header)));
                    break;
                case 'K':
                    longLink = Once(longLink, Name(Extended(header)));
                    break;
                case 'g':
                    CheckGlobal(PaxRecords.Parse(Extended(header)));
                    break;
                default:
                    return Entry(header, pax, longName, longLink);
            }
        }

        return pax is null && longName is null && longLink is null ? null : throw TarError.Archive("unexpected end of archive");
    }

    /// <summary>Says that the current member's content goes to a file of this path, before it is read.</summary>
    public void KeepContentAs(ReadOnlySpan<byte> path)
    {
        if (_content > 0)
        {
            tape?.Content(path, _content);
        }
    }

    /// <summary>Reads content of the current member; 0 at its end.</summary>
    public int ReadContent(Span<byte> buffer)
    {
        int wanted = (int)Math.Min(buffer.Length, _content);
        if (wanted == 0)
        {
            return 0;
        }

        int read = source.Read(buffer[..wanted]);
        if (read == 0)
        {
            throw TarError.Archive("unexpected end of archive");
        }

        _content -= read;
        return read;
    }

    /// <summary>Reads what follows the archive's end, so that a digest over the stream covers every byte.</summary>
    public void Drain(CancellationToken cancelled = default)
    {
        SkipContent();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            int read;
            while ((read = source.Read(buffer)) > 0)
            {
                cancelled.ThrowIfCancellationRequested();
                tape?.Raw(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private TarEntry Entry(TarHeader header, PaxRecords? pax, byte[]? longName, byte[]? longLink)
    {
        byte[]? paxName = pax?.Value("path");
        byte[]? paxLink = pax?.Value("linkpath");
        byte[] name = Single(paxName, longName) ?? header.FullName();
        byte[] link = Single(paxLink, longLink) ?? header.LinkName.ToArray();
        CheckName(name, name, "name");
        CheckName(name, link, "link name");
        if (pax is { IsSparse: true } || header.Type == 'S')
        {
            throw TarError.Entry(name, "sparse files are not supported");
        }

        TarEntryType type = EntryType(header.Type, name);
        long size = pax?.Number("size") ?? header.Size;
        if (size < 0 || (size > 0 && type != TarEntryType.File))
        {
            throw TarError.Entry(name, $"size {size} is not possible for its type");
        }

        _content = size;
        _padding = (int)(-size & (TarHeader.Length - 1));
        return new TarEntry
        {
            Name = name,
            LinkName = type is TarEntryType.SymbolicLink or TarEntryType.HardLink ? link : [],
            Type = type,
            Size = size,
            Mode = (uint)header.Mode & 0xFFF,
            Uid = Id(name, pax?.Number("uid") ?? header.Uid, "uid"),
            Gid = Id(name, pax?.Number("gid") ?? header.Gid, "gid"),
            Modified = pax?.Time("mtime") ?? new TarTime(header.Modified, 0),
            DeviceMajor = Device(name, type, header.DeviceMajor, 0xFFF),
            DeviceMinor = Device(name, type, header.DeviceMinor, 0xFFFFF),
            Xattrs = pax?.Xattrs ?? [],
        };
    }

    /// <summary>'7' (contiguous) is an ordinary file; a v7 directory is a file whose name ends in a slash.</summary>
    private static TarEntryType EntryType(char flag, ReadOnlySpan<byte> name) => flag switch
    {
        '0' or '\0' or '7' => name.EndsWith("/"u8) ? TarEntryType.Directory : TarEntryType.File,
        '1' => TarEntryType.HardLink,
        '2' => TarEntryType.SymbolicLink,
        '3' => TarEntryType.CharacterDevice,
        '4' => TarEntryType.BlockDevice,
        '5' => TarEntryType.Directory,
        '6' => TarEntryType.Fifo,
        _ => throw TarError.Entry(name, $"unsupported type '{(flag is > ' ' and < '\x7f' ? flag : '?')}'"),
    };

    private static uint Id(ReadOnlySpan<byte> name, long id, string field) =>
        id is >= 0 and < uint.MaxValue ? (uint)id : throw TarError.Entry(name, $"{field} {id} is out of range");

    /// <summary>Limits are those of the kernel's dev_t: 12 bits of major and 20 of minor.</summary>
    private static uint Device(ReadOnlySpan<byte> name, TarEntryType type, long number, long limit)
    {
        if (type is not (TarEntryType.CharacterDevice or TarEntryType.BlockDevice))
        {
            return 0;
        }

        return number >= 0 && number <= limit ? (uint)number : throw TarError.Entry(name, $"device number {number} is out of range");
    }

    private static void CheckName(ReadOnlySpan<byte> entry, ReadOnlySpan<byte> name, string what)
    {
        if (name.Contains((byte)0))
        {
            throw TarError.Entry(entry, $"{what} has a zero byte");
        }
    }

    private static byte[]? Single(byte[]? pax, byte[]? gnu) =>
        pax is null || gnu is null ? pax ?? gnu : throw TarError.Entry(pax, "has a PAX and a GNU long name");

    private static T Once<T>(T? before, T now) where T : class => before is null ? now : throw TarError.Archive("two extended headers of a kind for one entry");

    /// <summary>A global header may carry a comment (git archive does) but must not change what the members after it are.</summary>
    private static void CheckGlobal(PaxRecords records)
    {
        foreach (string key in (ReadOnlySpan<string>)["path", "linkpath", "size", "uid", "gid"])
        {
            if (records.Value(key) is not null)
            {
                throw TarError.Archive($"global PAX header sets {key}");
            }
        }

        if (records.IsSparse || records.Xattrs.Count > 0)
        {
            throw TarError.Archive("global PAX header sets attributes");
        }
    }

    private static byte[] Name(ReadOnlySpan<byte> data)
    {
        int end = data.IndexOf((byte)0);
        return (end < 0 ? data : data[..end]).ToArray();
    }

    private byte[] Extended(TarHeader header)
    {
        long size = header.Size;
        if (size is < 0 or > MaxExtended)
        {
            throw TarError.Archive($"extended header of {size} bytes is too large");
        }

        byte[] data = new byte[size];
        ReadExactly(data);
        tape?.Raw(data);
        Skip((int)(-size & (TarHeader.Length - 1)));
        return data;
    }

    /// <summary>Reads a header into the block; false at the end of the archive.</summary>
    private bool ReadBlock()
    {
        if (_ended || !TryReadBlock())
        {
            _ended = true;
            return false;
        }

        if (_block.AsSpan().ContainsAnyExcept((byte)0))
        {
            return true;
        }

        _ended = true;
        SawEndMarker = TryReadBlock();
        return SawEndMarker && _block.AsSpan().ContainsAnyExcept((byte)0) ? throw TarError.Archive("entry behind a zero block") : false;
    }

    private bool TryReadBlock()
    {
        int read = source.ReadAtLeast(_block, _block.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return false;
        }

        tape?.Raw(_block.AsSpan(0, read));
        return read == _block.Length ? true : throw TarError.Archive("unexpected end of archive");
    }

    private void ReadExactly(Span<byte> buffer)
    {
        if (source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
        {
            throw TarError.Archive("unexpected end of archive");
        }
    }

    private void SkipContent()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = ReadContent(buffer)) > 0)
            {
                tape?.Raw(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        SkipPadding();
    }

    /// <summary>
    /// It may be missing behind the last member: the docker command that puts a Dockerfile from elsewhere into a context (<c>-f -</c>) closes the stream
    /// before its tar writer has ended, and Go's reader does not mind.
    /// </summary>
    private void SkipPadding()
    {
        Span<byte> rest = stackalloc byte[TarHeader.Length];
        int read = source.ReadAtLeast(rest[.._padding], _padding, throwOnEndOfStream: false);
        tape?.Raw(rest[..read]);
        _padding = 0;
    }

    private void Skip(int length)
    {
        Span<byte> rest = stackalloc byte[TarHeader.Length];
        ReadExactly(rest[..length]);
        tape?.Raw(rest[..length]);
    }
}
