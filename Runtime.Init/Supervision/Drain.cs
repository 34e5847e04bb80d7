using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>Takes one stream of a container's output into a file while there is no daemon, so that the writer goes on.</summary>
/// <remarks>
/// The file is bounded; when it is full, or the disk is, the writer waits in its pipe, and nothing is lost. Room is made sure of before the pipe is read.
/// See <see cref="SpoolFormat"/>.
/// </remarks>
/// <param name="path">The file; null lets the output go.</param>
internal sealed class Drain(SafeFileHandle source, string? path)
{
    private const int ChunkSize = 32 << 10;

    /// <summary>All drains take turns with it.</summary>
    private static readonly byte[] s_buffer = new byte[SpoolFormat.RecordHead + ChunkSize];

    private SafeFileHandle? _file;
    private long _end;
    private long _roomTo;

    /// <summary>For room on the disk.</summary>
    private bool _waiting;

    public void Start(EventLoop loop)
    {
        int flags = Libc.fcntl(source.Fd(), Libc.F_GETFL);
        Libc.fcntl(source.Fd(), Libc.F_SETFL, flags | Libc.O_NONBLOCK);
        loop.Watch(source.Fd(), Libc.EPOLLIN, _ => Take(loop));
    }

    public void Stop(EventLoop loop)
    {
        _waiting = false;
        loop.Unwatch(source.Fd());
        _file?.Dispose();
        _file = null;
    }

    private void Take(EventLoop loop)
    {
        if (path is not null && !HasRoom())
        {
            loop.Unwatch(source.Fd());
            if (_end < SpoolFormat.MaxSize)
            {
                _waiting = true;
                loop.RetryLater(() => Retry(loop));
            }

            return;
        }

        int count = Libc.try_read(source.Fd(), s_buffer.AsSpan(SpoolFormat.RecordHead));
        if (count == -Libc.EAGAIN)
        {
            return;
        }

        if (count <= 0)
        {
            // The end; a terminal that all have closed says EIO.
            loop.Unwatch(source.Fd());
            return;
        }

        if (path is not null)
        {
            BinaryPrimitives.WriteInt64LittleEndian(s_buffer, DateTime.UtcNow.Ticks);
            BinaryPrimitives.WriteInt32LittleEndian(s_buffer.AsSpan(sizeof(long)), count);
            Write(s_buffer.AsSpan(0, SpoolFormat.RecordHead + count));
        }
    }

    private void Retry(EventLoop loop)
    {
        if (_waiting)
        {
            _waiting = false;
            loop.Watch(source.Fd(), Libc.EPOLLIN, _ => Take(loop));
        }
    }

    private bool HasRoom()
    {
        if (_file is null && !TryOpen())
        {
            return false;
        }

        if (_end >= SpoolFormat.MaxSize)
        {
            return false;
        }

        if (_end + s_buffer.Length > _roomTo)
        {
            int status = Libc.try_fallocate(_file!.Fd(), _end, SpoolFormat.RoomStep);
            if (status != 0 && status != -Libc.EOPNOTSUPP)
            {
                return false;
            }

            _roomTo = _end + SpoolFormat.RoomStep;
        }

        return true;
    }

    private bool TryOpen()
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, path!, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW, 0x180 /* 0600 */);
        if (fd < 0)
        {
            return false;
        }

        _file = Libc.Own(fd);
        _end = (long)Libc.fstat(fd, path!).stx_size;
        if (_end < SpoolFormat.Head)
        {
            Span<byte> head = stackalloc byte[SpoolFormat.Head];
            BinaryPrimitives.WriteInt64LittleEndian(head, DateTime.UtcNow.Ticks);
            _end = 0;
            Write(head);
        }

        return true;
    }

    private void Write(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            int count = Libc.try_pwrite(_file!.Fd(), data, _end);
            if (count <= 0)
            {
                // EIO, or a file system without fallocate that is full: this part of the output is lost.
                Console.Error.WriteLine($"rtd-supervisor: {path}: {Libc.strerror(-count)}: {data.Length} bytes of output are lost");
                return;
            }

            data = data[count..];
            _end += count;
        }
    }
}
