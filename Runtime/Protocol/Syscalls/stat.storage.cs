using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    [LibraryImport(LibraryName, EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int _statx(int dirfd, byte* path, int flags, uint mask, statx_t* buffer);

    [LibraryImport(LibraryName, EntryPoint = "mkdirat", SetLastError = true)]
    private static unsafe partial int _mkdirat(int dirfd, byte* path, uint mode);

    [LibraryImport(LibraryName, EntryPoint = "mknodat", SetLastError = true)]
    private static unsafe partial int _mknodat(int dirfd, byte* path, uint mode, ulong device);

    [LibraryImport(LibraryName, EntryPoint = "fchmodat", SetLastError = true)]
    private static unsafe partial int _fchmodat(int dirfd, byte* path, uint mode, int flags);

    [LibraryImport(LibraryName, EntryPoint = "utimensat", SetLastError = true)]
    private static unsafe partial int _utimensat(int dirfd, byte* path, timespec* times, int flags);

    /// <summary>statx(2) of a zero-terminated name; "" with AT_EMPTY_PATH for the fd itself. Returns 0 or the negative errno.</summary>
    public static unsafe int try_statx(int dirfd, ReadOnlySpan<byte> path, int flags, out statx_t status)
    {
        fixed (byte* name = path)
        fixed (statx_t* buffer = &status)
        {
            return Result(_statx(dirfd, name, flags, STATX_BASIC_STATS, buffer));
        }
    }

    /// <summary>mkdirat(2); returns 0 or the negative errno.</summary>
    public static unsafe int try_mkdirat(int dirfd, ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* name = path)
        {
            return Result(_mkdirat(dirfd, name, mode));
        }
    }

    /// <summary>mknodat(2); returns 0 or the negative errno.</summary>
    public static unsafe int try_mknodat(int dirfd, ReadOnlySpan<byte> path, uint mode, ulong device)
    {
        fixed (byte* name = path)
        {
            return Result(_mknodat(dirfd, name, mode, device));
        }
    }

    /// <summary>fchmodat(2), which follows a symbolic link as last component: only for names that are known not to be one. Returns 0 or the negative errno.</summary>
    public static unsafe int try_fchmodat(int dirfd, ReadOnlySpan<byte> path, uint mode)
    {
        fixed (byte* name = path)
        {
            return Result(_fchmodat(dirfd, name, mode, 0));
        }
    }

    /// <summary>Sets access and modification time, never following a last symbolic link; returns 0 or the negative errno.</summary>
    public static unsafe int try_utimensat(int dirfd, ReadOnlySpan<byte> path, timespec accessed, timespec modified, int flags = AT_SYMLINK_NOFOLLOW)
    {
        timespec* times = stackalloc timespec[2];
        times[0] = accessed;
        times[1] = modified;
        fixed (byte* name = path)
        {
            return Result(_utimensat(dirfd, name, times, flags));
        }
    }

    private static int Result(int result) => result >= 0 ? result : -Marshal.GetLastPInvokeError();
}
