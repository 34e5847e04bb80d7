using System.Buffers;
using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.JsonFile;

internal sealed partial class JsonFileLog
{
    private const int BufferSize = 128 * 1024;

    /// <summary>Encoded lines not yet written; held only while there are some, since most containers are silent most of the time.</summary>
    private byte[]? _buffer;

    private int _used;

    /// <summary>There are rotated files to be compressed.</summary>
    private bool _rotated;

    public void Write(LogMessage message)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                Lose(1, "the log is closed");
                return;
            }

            MakeRoom(_encoder.MaximumLength(message.Data.Length));
            int length = _encoder.Encode(_buffer.AsSpan(_used), message.Stream, message.Time, message.Data.Span);
            if (IsFull(length))
            {
                RotateBefore(length);
            }
            else
            {
                _used += length;
            }
        }
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                FlushBuffer();
                ReleaseBuffer();
            }
        }
    }

    private void MakeRoom(int needed)
    {
        if (_buffer is not null && _buffer.Length - _used >= needed)
        {
            return;
        }

        FlushBuffer();
        if (_buffer is null || _buffer.Length < needed)
        {
            ReleaseBuffer();
            _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(BufferSize, needed));
        }
    }

    private void ReleaseBuffer()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }
    }

    /// <summary>Whether a line would go over the limit; a first line always fits.</summary>
    private bool IsFull(int length)
    {
        if (options.MaximumSize is not long maximum)
        {
            return false;
        }

        if (_file is null)
        {
            TryOpen();
        }

        return _size + _used > 0 && _size + _used + length > maximum;
    }

    /// <summary>Writes what is there, rotates, and keeps the line that was just encoded behind it for the new file.</summary>
    private void RotateBefore(int length)
    {
        int start = _used;
        FlushBuffer();
        if (_file is not null && TryRotate())
        {
            Buffer.BlockCopy(_buffer!, start, _buffer!, 0, length);
            _used = length;
        }
        else
        {
            // Writing on would break the promise that a log never fills the disk.
            Lose(1, LastError ?? "the log cannot be rotated");
        }
    }

    /// <summary>One write(2) for all that is there; what the disk does not take is counted and forgotten.</summary>
    private void FlushBuffer()
    {
        if (_used == 0)
        {
            return;
        }

        ReadOnlySpan<byte> lines = _buffer.AsSpan(0, _used);
        _used = 0;
        if (_file is null && !TryOpen())
        {
            Lose(lines.Count((byte)'\n'), LastError);
            return;
        }

        int done = 0;
        int status = 0;
        while (done < lines.Length && (status = Libc.try_pwrite(_file!.Fd(), lines[done..], _size + done)) > 0)
        {
            done += status;
        }

        // Of a short write the whole lines count, so that the file never ends within one.
        int whole = done == lines.Length ? done : lines[..done].LastIndexOf((byte)'\n') + 1;
        _size += whole;
        if (whole < lines.Length)
        {
            Libc.try_ftruncate(_file!.Fd(), _size);
            Lose(lines[whole..].Count((byte)'\n'), $"write {Path}: {Libc.strerror(status < 0 ? -status : Libc.ENOSPC)}");
        }

        Wake();
    }

    private bool TryOpen()
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, Path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_NOFOLLOW, 0x1A0);
        if (fd < 0)
        {
            LastError = $"open {Path}: {Libc.strerror(-fd)}";
            return false;
        }

        _file = Libc.Own(fd);
        _inode = Libc.fstat(fd, Path).stx_ino;
        _size = WholeLines(new LogSegment(_file, _generation));
        _sizeKnown = true;
        Libc.try_ftruncate(fd, _size);
        return true;
    }

    /// <summary>How much of a file is whole lines; a daemon that was killed may have left part of one at the end.</summary>
    private static long WholeLines(LogSegment segment)
    {
        byte[] block = new byte[4096];
        long end = segment.Length;
        while (end > 0)
        {
            long start = Math.Max(0, end - block.Length);
            int newline = block.AsSpan(0, segment.Read(block.AsSpan(0, (int)(end - start)), start)).LastIndexOf((byte)'\n');
            if (newline >= 0)
            {
                return start + newline + 1;
            }

            end = start;
        }

        return 0;
    }

    /// <summary>
    /// X.1 becomes X.2 and so on, the current file X.1, and a new one takes its place. The new one is made first, so that a failure leaves everything
    /// as it was, but for a gap in the numbers, which readers skip and the next rotation closes.
    /// </summary>
    private bool TryRotate()
    {
        string fresh = Path + ".new";
        int fd = Libc.try_openat(Libc.AT_FDCWD, fresh, Libc.O_RDWR | Libc.O_CREAT | Libc.O_TRUNC | Libc.O_NOFOLLOW, 0x1A0);
        if (fd < 0)
        {
            LastError = $"open {fresh}: {Libc.strerror(-fd)}";
            return false;
        }

        SafeFileHandle next = Libc.Own(fd);
        try
        {
            for (int age = options.MaximumFiles - 1; age >= 1; age--)
            {
                Age(age);
            }

            File.Move(fresh, Path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            next.Dispose();
            LastError = exception.Message;
            return false;
        }

        _rotated = options.Compress;
        _file!.Dispose();
        _file = next;
        _inode = Libc.fstat(next.Fd(), Path).stx_ino;
        _size = 0;
        _generation++;
        LogQuota.Current?.Rotated();
        Wake();
        return true;
    }

    /// <summary>Compresses the rotated files that are not, also those that a kill has left. Not as they are rotated: they may have to be cut back.</summary>
    public void Settle()
    {
        lock (_lock)
        {
            if (!_rotated)
            {
                return;
            }

            _rotated = false;
            for (long age = 1; age < options.MaximumFiles; age++)
            {
                if (File.Exists(PathOf(age)))
                {
                    Compress(age);
                }
            }
        }
    }

    /// <summary>One file becomes a rotation older. Of two forms, which a kill in the middle of compressing leaves, the compressed one goes on.</summary>
    private void Age(int age)
    {
        bool compressed = age > 1 && File.Exists(CompressedPathOf(age - 1));
        if (compressed)
        {
            File.Move(CompressedPathOf(age - 1), CompressedPathOf(age), overwrite: true);
            File.Delete(PathOf(age));
            File.Delete(PathOf(age - 1));
        }
        else if (File.Exists(PathOf(age - 1)))
        {
            File.Move(PathOf(age - 1), PathOf(age), overwrite: true);
            File.Delete(CompressedPathOf(age));
        }
    }

    /// <summary>While both forms are there readers take the plain one; on a full disk it stays.</summary>
    private void Compress(long age)
    {
        string fresh = CompressedPathOf(age) + ".new";
        try
        {
            using (FileStream plain = new(PathOf(age), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
            using (FileStream compressed = new(fresh, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead }))
            using (GZipStream gzip = new(compressed, CompressionLevel.Fastest))
            {
                plain.CopyTo(gzip);
            }

            File.Move(fresh, CompressedPathOf(age), overwrite: true);
            File.Delete(PathOf(age));
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            LastError = full.Message;
            File.Delete(fresh);
        }
    }

    private void Lose(int messages, string? reason)
    {
        _loss.Add(messages, Path, reason);
        LastError = reason;
    }
}
