using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>
/// Remembers what directories get when all entries in them exist: their time stamps, which each new entry changes, and their default ACLs,
/// which each new entry would inherit.
/// </summary>
/// <remarks>On disk rather than in memory, which a layer of millions of directories must not fill.</remarks>
internal sealed class DirectoryEndings(string spoolDirectory) : IDisposable
{
    /// <summary>XATTR_SIZE_MAX of <c>linux/limits.h</c>.</summary>
    public const int MaxAcl = 64 * 1024;

    private const int HeaderLength = 4 * sizeof(long);

    private readonly SpoolFile _spool = new(spoolDirectory);
    private readonly List<byte> _pending = new(32 * 1024);

    /// <param name="path">Zero-terminated, below the root.</param>
    /// <param name="defaultAcl">At most <see cref="MaxAcl"/> bytes; empty for none.</param>
    public void Add(ReadOnlySpan<byte> path, TarTime modified, ReadOnlySpan<byte> defaultAcl)
    {
        _pending.AddRange(MemoryMarshal.AsBytes([modified.Seconds, modified.Nanoseconds, path.Length, defaultAcl.Length]));
        _pending.AddRange(path);
        _pending.AddRange(defaultAcl);
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
        Span<long> header = stackalloc long[4];
        Span<byte> path = stackalloc byte[4097];
        byte[] acl = new byte[MaxAcl];
        while (records.ReadAtLeast(MemoryMarshal.AsBytes(header), HeaderLength, throwOnEndOfStream: false) == HeaderLength)
        {
            records.ReadExactly(path[..(int)header[2]]);
            records.ReadExactly(acl.AsSpan(0, (int)header[3]));
            Apply(root, path[..(int)header[2]], header[0], header[1], acl.AsSpan(0, (int)header[3]));
        }
    }

    public void Dispose() => _spool.Dispose();

    private static void Apply(int root, ReadOnlySpan<byte> path, long seconds, long nanoseconds, ReadOnlySpan<byte> acl)
    {
        ReadOnlySpan<byte> relative = path.Length <= 1 ? ".\0"u8 : path;
        int fd = Libc.try_openat2(root, relative, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS);
        if (fd < 0)
        {
            return;
        }

        using SafeFileHandle directory = Libc.Own(fd);
        int set = acl.IsEmpty ? 0 : Libc.try_setxattr(RawName.Through(fd), TreeAttributes.DefaultAcl, acl);
        if (set is not (0 or -Libc.EOPNOTSUPP))
        {
            throw TarError.Entry(path.TrimEnd((byte)0), $"default ACL: {Libc.strerror(-set)}");
        }

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
