using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    [LibraryImport(LibraryName, EntryPoint = "linkat", SetLastError = true)]
    private static unsafe partial int _linkat(int olddirfd, byte* oldpath, int newdirfd, byte* newpath, int flags);

    [LibraryImport(LibraryName, EntryPoint = "symlinkat", SetLastError = true)]
    private static unsafe partial int _symlinkat(byte* target, int newdirfd, byte* linkpath);

    [LibraryImport(LibraryName, EntryPoint = "readlinkat", SetLastError = true)]
    private static unsafe partial nint _readlinkat(int dirfd, byte* path, byte* buffer, nuint size);

    [LibraryImport(LibraryName, EntryPoint = "unlinkat", SetLastError = true)]
    private static unsafe partial int _unlinkat(int dirfd, byte* path, int flags);

    [LibraryImport(LibraryName, EntryPoint = "fchownat", SetLastError = true)]
    private static unsafe partial int _fchownat(int dirfd, byte* path, uint owner, uint group, int flags);

    [LibraryImport(LibraryName, EntryPoint = "fsync", SetLastError = true)]
    private static partial int _fsync(int fd);

    [LibraryImport(LibraryName, EntryPoint = "syncfs", SetLastError = true)]
    private static partial int _syncfs(int fd);

    [LibraryImport(LibraryName, EntryPoint = "copy_file_range", SetLastError = true)]
    private static unsafe partial nint _copy_file_range(int fdIn, long* offsetIn, int fdOut, long* offsetOut, nuint length, uint flags);

    /// <summary>linkat(2) without following a last symbolic link; returns 0 or the negative errno.</summary>
    public static unsafe int try_linkat(int olddirfd, ReadOnlySpan<byte> oldpath, int newdirfd, ReadOnlySpan<byte> newpath)
    {
        fixed (byte* from = oldpath)
        fixed (byte* to = newpath)
        {
            return Result(_linkat(olddirfd, from, newdirfd, to, 0));
        }
    }

    /// <summary>symlinkat(2); returns 0 or the negative errno.</summary>
    public static unsafe int try_symlinkat(ReadOnlySpan<byte> target, int newdirfd, ReadOnlySpan<byte> linkpath)
    {
        fixed (byte* to = target)
        fixed (byte* name = linkpath)
        {
            return Result(_symlinkat(to, newdirfd, name));
        }
    }

    /// <summary>readlinkat(2); returns the length (the buffer's length when it was cut) or the negative errno. The result is not zero-terminated.</summary>
    public static unsafe int try_readlinkat(int dirfd, ReadOnlySpan<byte> path, Span<byte> buffer)
    {
        fixed (byte* name = path)
        fixed (byte* data = buffer)
        {
            return Result((int)_readlinkat(dirfd, name, data, (nuint)buffer.Length));
        }
    }

    /// <summary>unlinkat(2), AT_REMOVEDIR for a directory; returns 0 or the negative errno.</summary>
    public static unsafe int try_unlinkat(int dirfd, ReadOnlySpan<byte> path, int flags = 0)
    {
        fixed (byte* name = path)
        {
            return Result(_unlinkat(dirfd, name, flags));
        }
    }

    /// <summary>Changes owner and group, never following a last symbolic link; returns 0 or the negative errno.</summary>
    public static unsafe int try_fchownat(int dirfd, ReadOnlySpan<byte> path, uint owner, uint group, int flags = AT_SYMLINK_NOFOLLOW)
    {
        fixed (byte* name = path)
        {
            return Result(_fchownat(dirfd, name, owner, group, flags));
        }
    }

    /// <summary>Flushes a file or directory to the disk.</summary>
    public static void fsync_storage(int fd, string subject) // shared: fsync
    {
        if (_fsync(fd) != 0)
        {
            throw Failure("fsync", subject);
        }
    }

    /// <summary>Flushes the whole file system that the fd is on.</summary>
    public static void syncfs(int fd, string subject)
    {
        if (_syncfs(fd) != 0)
        {
            throw Failure("syncfs", subject);
        }
    }

    /// <summary>Copies inside the kernel from and to the fds' own offsets; returns the bytes copied, 0 at the end, or the negative errno.</summary>
    public static unsafe long try_copy_file_range(int from, int to, long length)
    {
        nint copied = _copy_file_range(from, null, to, null, (nuint)length, 0);
        return copied >= 0 ? copied : -Marshal.GetLastPInvokeError();
    }

    [LibraryImport(LibraryName, EntryPoint = "setfsuid")]
    private static partial int _setfsuid(uint uid);

    [LibraryImport(LibraryName, EntryPoint = "setfsgid")]
    private static partial int _setfsgid(uint gid);

    /// <summary>Whose the files are that the calling thread makes. From 0 to others it costs the thread its effective file system capabilities, and back it gets them back.</summary>
    /// <exception cref="SyscallException">EPERM: the call itself does not tell.</exception>
    public static void setfsids(uint uid, uint gid)
    {
        _ = _setfsgid(gid);
        _ = _setfsuid(uid);
        if ((uint)_setfsgid(uint.MaxValue) != gid || (uint)_setfsuid(uint.MaxValue) != uid)
        {
            throw new SyscallException("setfsuid", EPERM, $"{uid}:{gid}");
        }
    }
}
