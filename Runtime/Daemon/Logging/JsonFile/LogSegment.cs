using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.JsonFile;

/// <summary>One file of a log as a reader holds it: by fd, so that rotation can rename or remove it meanwhile.</summary>
/// <param name="generation">Rises by one with every rotation.</param>
internal sealed class LogSegment(SafeFileHandle file, long generation) : IDisposable
{
    public long Generation { get; } = generation;

    /// <summary>Bytes on disk now.</summary>
    public long Length => (long)Libc.fstat(file.Fd(), "log").stx_size;

    /// <summary>When it was last written to.</summary>
    public DateTimeOffset Modified => DateTimeOffset.FromUnixTimeSeconds(Libc.fstat(file.Fd(), "log").stx_mtime.tv_sec);

    /// <summary>Fills the span as far as the file goes.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int count = Libc.try_pread(file.Fd(), buffer[done..], offset + done);
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

    public void Dispose() => file.Dispose();
}
