using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>Remembers the time stamps of directories until all entries in them exist, since each new entry changes them.</summary>
/// <remarks>On disk rather than in memory, which a layer of millions of directories must not fill.</remarks>
internal sealed class DirectoryTimes(string spoolDirectory) : IDisposable
{
    private readonly SpoolFile _spool = new(spoolDirectory);
    private readonly List<byte> _pending = new(32 * 1024);

    /// <param name="path">Zero-terminated, below the root.</param>
    public void Add(ReadOnlySpan<byte> path, TarTime modified)
    {
        _pending.AddRange(MemoryMarshal.AsBytes([modified.Seconds, modified.Nanoseconds, path.Length]));
        _pending.AddRange(path);
        if (_pending.Count > 32 * 1024 - 5000)
        {
            Flush();
        }
    }

    /// <summary>Sets them; a later record of a directory wins, and what is no directory any more is passed over.</summary>
    public void Apply(int root)
    {
        Flush();
        using BufferedStream records = new(_spool.Open(0, _spool.Length), 64 * 1024);
        Span<long> header = stackalloc long[3];
        Span<byte> path = stackalloc byte[4097];
        while (records.ReadAtLeast(MemoryMarshal.AsBytes(header), 24, throwOnEndOfStream: false) == 24)
        {
            records.ReadExactly(path[..(int)header[2]]);
            Apply(root, path[..(int)header[2]], header[0], header[1]);
        }
    }

    public void Dispose() => _spool.Dispose();

    private static void Apply(int root, ReadOnlySpan<byte> path, long seconds, long nanoseconds)
    {
        ReadOnlySpan<byte> relative = path.Length <= 1 ? ".\0"u8 : path;
        int fd = Libc.try_openat2(root, relative, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
        if (fd < 0)
        {
            return;
        }

        using SafeFileHandle directory = Libc.Own(fd);
        Libc.timespec time = new() { tv_sec = seconds, tv_nsec = nanoseconds };
        int result = Libc.try_utimensat(fd, ".\0"u8, time, time);
        if (result != 0)
        {
            throw new SyscallException("utimensat", -result, TarEntry.Show(path.TrimEnd((byte)0)));
        }
    }

    private void Flush()
    {
        _spool.Append(CollectionsMarshal.AsSpan(_pending));
        _pending.Clear();
    }
}
