using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

// File names in archives and image layers are bytes, not text: the calls below take them as they are, zero-terminated.
internal static partial class Libc
{
    [LibraryImport(LibraryName, EntryPoint = "openat", SetLastError = true)]
    private static unsafe partial int _openat(int dirfd, byte* path, int flags, uint mode);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long _openat2(long number, int dirfd, byte* path, open_how* how, nuint size);

    /// <summary>openat(2) with a zero-terminated byte name; returns the bare fd or the negative errno. O_CLOEXEC is added.</summary>
    public static unsafe int try_openat(int dirfd, ReadOnlySpan<byte> path, int flags, uint mode = 0)
    {
        fixed (byte* name = path)
        {
            while (true)
            {
                int fd = _openat(dirfd, name, flags | O_CLOEXEC, mode);
                int errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return fd >= 0 ? fd : -errno;
                }
            }
        }
    }

    /// <summary>openat2(2) with a zero-terminated byte path; returns the bare fd or the negative errno. O_CLOEXEC is added, EAGAIN retried.</summary>
    public static unsafe int try_openat2(int dirfd, ReadOnlySpan<byte> path, int flags, uint mode, ulong resolve)
    {
        open_how how = new() { flags = (ulong)(uint)(flags | O_CLOEXEC), mode = mode, resolve = resolve };
        fixed (byte* name = path)
        {
            for (int attempt = 0; ; attempt++)
            {
                long fd = _openat2(SYS_openat2, dirfd, name, &how, (nuint)sizeof(open_how));
                int errno = fd >= 0 ? 0 : Marshal.GetLastPInvokeError();
                if (errno != EINTR && !(errno == EAGAIN && attempt < MaxRacesInRow))
                {
                    return fd >= 0 ? (int)fd : -errno;
                }
            }
        }
    }

    /// <summary>As <see cref="try_openat(int, ReadOnlySpan{byte}, int, uint)"/>, but throws; <paramref name="subject"/> names the object in the error.</summary>
    public static SafeFileHandle openat(int dirfd, ReadOnlySpan<byte> path, int flags, uint mode, string subject)
    {
        int fd = try_openat(dirfd, path, flags, mode);
        return fd >= 0 ? Own(fd) : throw new SyscallException("openat", -fd, subject);
    }
}
