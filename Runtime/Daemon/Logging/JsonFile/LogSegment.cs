using System.IO.Compression;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>One file of a log as a reader holds it: by fd, so that rotation can rename or remove it meanwhile.</summary>
/// <param name="generation">Rises by one with every rotation.</param>
/// <param name="compressed">By gzip; unpacked into memory that no file has when it is first read.</param>
internal sealed class LogSegment(SafeFileHandle file, long generation, bool compressed = false) : IDisposable
{
    private SafeFileHandle? _unpacked;

    public long Generation { get; } = generation;

    /// <summary>Bytes of its lines now.</summary>
    public long Length => (long)Libc.fstat(Content.Fd(), "log").stx_size;

    /// <summary>When it was last written to.</summary>
    public DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(Libc.fstat(file.Fd(), "log").stx_mtime.tv_sec);

    /// <summary>Fills the span as far as the file goes.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = Libc.try_pread(Content.Fd(), buffer[done..], offset + done);
            if (count < 0)
            {
                throw new SyscallException("pread", -count, "log");
            }

            if (count == 0)
            {
                break;
            }

            done += count;
        }

        return done;
    }

    public void Dispose()
    {
        file.Dispose();
        _unpacked?.Dispose();
    }

    private SafeFileHandle Content => compressed ? _unpacked ??= Unpack() : file;

    private SafeFileHandle Unpack()
    {
        SafeFileHandle memory = Libc.memfd_create("rotated-log");
        try
        {
            using SafeFileHandle copy = Libc.Own(Libc.fcntl(file.Fd(), Libc.F_DUPFD_CLOEXEC, 0));
            using GZipStream gzip = new(new FileStream(copy, FileAccess.Read, bufferSize: 0), CompressionMode.Decompress);
            byte[] block = new byte[64 << 10];
            int count;
            for (long offset = 0; (count = gzip.Read(block)) > 0; offset += count)
            {
                RandomAccess.Write(memory, block.AsSpan(0, count), offset);
            }

            return memory;
        }
        catch (InvalidDataException damaged)
        {
            memory.Dispose();
            throw new IOException($"a rotated log is damaged: {damaged.Message}", damaged);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }
}
