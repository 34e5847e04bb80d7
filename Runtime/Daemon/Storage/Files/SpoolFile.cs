using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Compression;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Files;

/// <summary>A file without a name that takes what cannot be used yet; it is gone when it is closed, also by a kill.</summary>
internal sealed class SpoolFile : IDisposable
{
    private readonly SafeFileHandle _file;

    /// <param name="directory">Where the space is taken; also swept at start, for a kill between making and unlinking.</param>
    public SpoolFile(string directory)
    {
        // Not O_TMPFILE: it is missing on some file systems, and this costs next to nothing more.
        string path = Path.Combine(directory, $"spool-{Guid.NewGuid():N}");
        _file = Libc.open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, 0x180);
        File.Delete(path);
    }

    /// <summary>Bytes written so far; the next write goes there.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> data)
    {
        RandomAccess.Write(_file, data, Length);
        Length += data.Length;
    }

    /// <summary>Reads a range of it.</summary>
    public Stream Open(long offset, long length) => new Range(_file, offset, length);

    public void Dispose() => _file.Dispose();

    private sealed class Range(SafeFileHandle file, long offset, long length) : PullStream
    {
        private long _offset = offset;
        private long _remaining = length;

        public override int Read(Span<byte> buffer)
        {
            int read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, _remaining)], _offset);
            _offset += read;
            _remaining -= read;
            return read;
        }
    }
}
