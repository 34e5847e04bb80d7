using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Reads one stream's output that the supervisor has drained while there was no daemon.</summary>
internal sealed class SpoolReader : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly byte[] _head = new byte[SpoolFormat.RecordHead];

    private SpoolReader(SafeFileHandle file, string path, OutputStream stream, long id, long offset)
    {
        (_file, _path, Stream, Id, Offset) = (file, path, stream, id, offset);
        Advance();
    }

    public OutputStream Stream { get; }

    /// <summary>Which spool it is; another one has another number.</summary>
    public long Id { get; }

    /// <summary>Behind the present record.</summary>
    public long Offset { get; private set; }

    public bool HasRecord { get; private set; }

    /// <summary>When the present record was read from the container.</summary>
    public DateTimeOffset Time { get; private set; }

    public byte[] Data { get; private set; } = [];

    /// <summary>null when nothing was drained.</summary>
    /// <param name="doneId">The spool that <paramref name="doneOffset"/> is of.</param>
    /// <param name="doneOffset">Up to here it was dealt with.</param>
    public static SpoolReader? Open(string path, OutputStream stream, long doneId, long doneOffset)
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, path, Libc.O_RDONLY | Libc.O_NOFOLLOW);
        if (fd == -Libc.ENOENT)
        {
            return null;
        }

        if (fd < 0)
        {
            throw new SyscallException("openat", -fd, path);
        }

        SafeFileHandle file = Libc.Own(fd);
        byte[] head = new byte[SpoolFormat.Head];
        long id = RandomAccess.Read(file, head, 0) == head.Length ? BinaryPrimitives.ReadInt64LittleEndian(head) : 0;
        return new SpoolReader(file, path, stream, id, id == doneId && doneOffset > 0 ? doneOffset : SpoolFormat.Head);
    }

    /// <summary>To the next record.</summary>
    public void Advance()
    {
        HasRecord = RandomAccess.Read(_file, _head, Offset) == _head.Length;
        if (!HasRecord)
        {
            return;
        }

        long ticks = BinaryPrimitives.ReadInt64LittleEndian(_head);
        int length = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(sizeof(long)));
        HasRecord = length is > 0 and < 1 << 20 && ticks > 0 && ticks < DateTimeOffset.MaxValue.Ticks;
        if (HasRecord)
        {
            // The last one may be cut short.
            byte[] data = new byte[length];
            int count = RandomAccess.Read(_file, data, Offset + _head.Length);
            (Time, Data) = (new DateTimeOffset(ticks, TimeSpan.Zero), data[..count]);
            Offset += _head.Length + count;
            HasRecord = count > 0;
        }
    }

    /// <summary>All of it has been dealt with.</summary>
    public void Delete() => File.Delete(_path);

    public void Dispose() => _file.Dispose();
}
