using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Files;

/// <summary>
/// Ends what fills a file system before it is full, when a client can have it filled by little: a tenth of its bytes and inodes stay free, but no more
/// than a gibibyte and a hundred thousand inodes. Others (containers, the daemon's own state) need room to go on.
/// </summary>
/// <param name="place">On the file system; an O_PATH fd will do. Not owned.</param>
/// <param name="what">What errors say that there is no room for.</param>
internal sealed class FreeRoom(SafeFileHandle place, string what)
{
    /// <summary>Small enough for small file systems, large enough that asking costs nothing. An archive has at least 512 bytes a file.</summary>
    private const long Step = 256 << 10;

    private const long MostBytesKept = 1 << 30, MostInodesKept = 100_000;

    private long _taken;

    /// <summary>Counts bytes that are about to be written; a quarter of a mebibyte is never refused.</summary>
    /// <exception cref="EngineException">System: there is too little room left.</exception>
    public void Take(long bytes)
    {
        _taken += bytes;
        if (_taken < Step)
        {
            return;
        }

        _taken = 0;
        Libc.statfs_t status = Libc.fstatfs(place.Fd(), what);
        long keptBytes = Math.Min(status.f_blocks * status.f_bsize / 10, MostBytesKept);
        if (status.f_bavail * status.f_bsize < keptBytes)
        {
            throw EngineException.System($"no space left for {what}: of its file system {keptBytes >> 20} MiB are kept free");
        }

        // File systems that make inodes as they need them say that there are none at all.
        long keptInodes = Math.Min(status.f_files / 10, MostInodesKept);
        if (status.f_ffree < keptInodes)
        {
            throw EngineException.System($"no inodes left for {what}: of its file system {keptInodes} are kept free");
        }
    }

    /// <summary>A stream whose bytes count as they are read.</summary>
    public Stream Watch(Stream stream) => new WatchedStream(this, stream);

    private sealed class WatchedStream(FreeRoom room, Stream inner) : Compression.PullStream
    {
        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer);
            room.Take(read);
            return read;
        }
    }
}
