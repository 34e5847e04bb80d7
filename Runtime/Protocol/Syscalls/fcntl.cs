using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0x40, O_EXCL = 0x80, O_NOCTTY = 0x100, O_TRUNC = 0x200,
        O_APPEND = 0x400, O_NONBLOCK = 0x800, O_DIRECTORY = 0x10000, O_NOFOLLOW = 0x20000, O_CLOEXEC = 0x80000, O_PATH = 0x200000,
        O_TMPFILE = 0x400000 | O_DIRECTORY;

    public const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_SYMLINK_FOLLOW = 0x400, AT_EMPTY_PATH = 0x1000,
        AT_RECURSIVE = 0x8000;

    public const int F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, FD_CLOEXEC = 1, F_DUPFD_CLOEXEC = 1030, F_SETPIPE_SZ = 1031,
        F_ADD_SEALS = 1033, F_GET_SEALS = 1034, F_SEAL_SEAL = 1, F_SEAL_SHRINK = 2, F_SEAL_GROW = 4, F_SEAL_WRITE = 8;

    /// <summary>openat2(2) resolve flags, <c>linux/openat2.h</c>.</summary>
    public const ulong RESOLVE_NO_XDEV = 1, RESOLVE_NO_MAGICLINKS = 2, RESOLVE_NO_SYMLINKS = 4, RESOLVE_BENEATH = 8, RESOLVE_IN_ROOT = 16;

    /// <summary>
    /// How often openat2(2) is asked again when a rename or mount anywhere on the machine came between (EAGAIN, only of paths with ".."). With four
    /// loops of renames beside it, the longest row in 200,000 look-ups was 2.
    /// </summary>
    private const int MaxRacesInRow = 10_000;

    [StructLayout(LayoutKind.Sequential)]
    private struct open_how
    {
        public ulong flags;
        public ulong mode;
        public ulong resolve;
    }

    [LibraryImport(LibraryName, EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _openat(int dirfd, string path, int flags, uint mode);

    [LibraryImport(LibraryName, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int _fcntl(int fd, int cmd, nint arg);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long _openat2(long number, int dirfd, string path, open_how* how, nuint size);

    /// <summary>Opens a path; O_CLOEXEC is added.</summary>
    public static SafeFileHandle open(string path, int flags, uint mode = 0) => openat(AT_FDCWD, path, flags, mode);

    /// <summary>Opens a path relative to a directory fd; O_CLOEXEC is added.</summary>
    public static SafeFileHandle openat(int dirfd, string path, int flags, uint mode = 0)
    {
        int fd = try_openat(dirfd, path, flags, mode);
        return fd >= 0 ? Own(fd) : throw new SyscallException("openat", -fd, path);
    }

    /// <summary>As <see cref="openat"/>, but returns the bare fd or the negative errno.</summary>
    public static int try_openat(int dirfd, string path, int flags, uint mode = 0)
    {
        while (true)
        {
            int fd = _openat(dirfd, path, flags | O_CLOEXEC, mode);
            if (fd >= 0)
            {
                return fd;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != EINTR)
            {
                return -errno;
            }
        }
    }

    /// <summary>Opens a path with openat2(2) resolve rules (Linux 5.6); O_CLOEXEC is added.</summary>
    public static SafeFileHandle openat2(int dirfd, string path, int flags, uint mode, ulong resolve)
    {
        int fd = try_openat2(dirfd, path, flags, mode, resolve);
        return fd >= 0 ? Own(fd) : throw new SyscallException("openat2", -fd, path);
    }

    /// <summary>As <see cref="openat2"/>, but returns the bare fd or the negative errno. EAGAIN (a racing rename, see openat2(2)) is retried.</summary>
    public static unsafe int try_openat2(int dirfd, string path, int flags, uint mode, ulong resolve)
    {
        open_how how = new() { flags = (ulong)(uint)(flags | O_CLOEXEC), mode = mode, resolve = resolve };
        for (int attempt = 0; ; attempt++)
        {
            long fd = _openat2(SYS_openat2, dirfd, path, &how, (nuint)sizeof(open_how));
            if (fd >= 0)
            {
                return (int)fd;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != EINTR && !(errno == EAGAIN && attempt < MaxRacesInRow))
            {
                return -errno;
            }
        }
    }

    /// <summary>fcntl(2) with an integer argument.</summary>
    public static int fcntl(int fd, int cmd, nint arg = 0)
    {
        int result = _fcntl(fd, cmd, arg);
        return result >= 0 ? result : throw Failure("fcntl", fd.ToString());
    }
}
