using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int X_OK = 1;

    public const uint CLOSE_RANGE_UNSHARE = 2, CLOSE_RANGE_CLOEXEC = 4;

    [LibraryImport(LibraryName, EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint _read(int fd, byte* buffer, nuint count);

    [LibraryImport(LibraryName, EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint _write(int fd, byte* buffer, nuint count);

    [LibraryImport(LibraryName, EntryPoint = "close", SetLastError = true)]
    private static partial int _close(int fd);

    [LibraryImport(LibraryName, EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int _pipe2(int* fds, int flags);

    [LibraryImport(LibraryName, EntryPoint = "_exit")]
    private static partial void __exit(int status);

    [LibraryImport(LibraryName, EntryPoint = "dup2", SetLastError = true)]
    private static partial int _dup2(int from, int to);

    [LibraryImport(LibraryName, EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _chdir(string path);

    [LibraryImport(LibraryName, EntryPoint = "fchdir", SetLastError = true)]
    private static partial int _fchdir(int fd);

    [LibraryImport(LibraryName, EntryPoint = "fchown", SetLastError = true)]
    private static partial int _fchown(int fd, uint uid, uint gid);

    [LibraryImport(LibraryName, EntryPoint = "fchownat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _fchownat(int dirfd, string path, uint uid, uint gid, int flags);

    [LibraryImport(LibraryName, EntryPoint = "symlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _symlinkat(string target, int dirfd, string path);

    [LibraryImport(LibraryName, EntryPoint = "setsid", SetLastError = true)]
    private static partial int _setsid();

    [LibraryImport(LibraryName, EntryPoint = "sethostname", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _sethostname(string name, nuint length);

    [LibraryImport(LibraryName, EntryPoint = "setdomainname", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _setdomainname(string name, nuint length);

    [LibraryImport(LibraryName, EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _faccessat(int dirfd, string path, int mode, int flags);

    [LibraryImport(LibraryName, EntryPoint = "execve", SetLastError = true)]
    private static unsafe partial int _execve(byte* path, byte** argv, byte** envp);

    [LibraryImport(LibraryName, EntryPoint = "close_range", SetLastError = true)]
    private static partial int _close_range(uint first, uint last, uint flags);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static partial long _syscall3(long number, nint a, nint b, nint c);

    /// <summary>Reads at most the span's length; 0 is end of file. Returns the negative errno on failure (EAGAIN, EIO of a hung-up terminal).</summary>
    public static unsafe int try_read(int fd, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = _read(fd, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>Writes at most the span's length. Returns the negative errno on failure (EAGAIN, EPIPE).</summary>
    public static unsafe int try_write(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = _write(fd, start, (nuint)buffer.Length);
                if (count >= 0)
                {
                    return (int)count;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno != EINTR)
                {
                    return -errno;
                }
            }
        }
    }

    /// <summary>Writes everything to a blocking fd.</summary>
    public static void write_all(int fd, ReadOnlySpan<byte> buffer, string subject)
    {
        while (buffer.Length > 0)
        {
            int count = try_write(fd, buffer);
            if (count < 0)
            {
                throw new SyscallException("write", -count, subject);
            }

            buffer = buffer[count..];
        }
    }

    /// <summary>Closes a bare fd. The fd is gone whatever the call says (close(2)), so errors are of no use.</summary>
    public static void close(int fd) => _ = _close(fd);

    /// <summary>A pipe: reading end, writing end.</summary>
    public static unsafe (SafeFileHandle Read, SafeFileHandle Write) pipe2(int flags)
    {
        int* fds = stackalloc int[2];
        return _pipe2(fds, flags | O_CLOEXEC) == 0 ? (Own(fds[0]), Own(fds[1])) : throw Failure("pipe2");
    }

    /// <summary>The end of this process, at once.</summary>
    public static void _exit(int status) => __exit(status);

    public static void dup2(int from, int to)
    {
        if (_dup2(from, to) < 0)
        {
            throw Failure("dup2", $"{from} to {to}");
        }
    }

    public static void chdir(string path)
    {
        if (_chdir(path) < 0)
        {
            throw Failure("chdir", path);
        }
    }

    public static void fchdir(int fd)
    {
        if (_fchdir(fd) < 0)
        {
            throw Failure("fchdir");
        }
    }

    public static void fchown(int fd, uint uid, uint gid)
    {
        if (_fchown(fd, uid, gid) < 0)
        {
            throw Failure("fchown", $"fd {fd}");
        }
    }

    /// <summary>Changes the owner of a name itself, never of what a link points to.</summary>
    public static void fchownat(int dirfd, string path, uint uid, uint gid)
    {
        if (_fchownat(dirfd, path, uid, gid, AT_SYMLINK_NOFOLLOW) < 0)
        {
            throw Failure("fchownat", path);
        }
    }

    public static void symlinkat(string target, int dirfd, string path)
    {
        if (_symlinkat(target, dirfd, path) < 0)
        {
            throw Failure("symlinkat", path);
        }
    }

    public static void setsid()
    {
        if (_setsid() < 0)
        {
            throw Failure("setsid");
        }
    }

    public static void sethostname(string name)
    {
        if (_sethostname(name, (nuint)System.Text.Encoding.UTF8.GetByteCount(name)) < 0)
        {
            throw Failure("sethostname", name);
        }
    }

    public static void setdomainname(string name)
    {
        if (_setdomainname(name, (nuint)System.Text.Encoding.UTF8.GetByteCount(name)) < 0)
        {
            throw Failure("setdomainname", name);
        }
    }

    /// <summary>0, or the negative errno. Checks with the effective ids when <paramref name="flags"/> has AT_EACCESS (0x200).</summary>
    public static int try_faccessat(int dirfd, string path, int mode, int flags) =>
        _faccessat(dirfd, path, mode, flags) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Returns only on failure, with the negative errno.</summary>
    public static unsafe int try_execve(byte* path, byte** argv, byte** envp)
    {
        _execve(path, argv, envp);
        return -Marshal.GetLastPInvokeError();
    }

    /// <summary>close_range(2), Linux 5.9; CLOSE_RANGE_CLOEXEC since 5.11.</summary>
    public static void close_range(uint first, uint last, uint flags)
    {
        if (_close_range(first, last, flags) < 0)
        {
            throw Failure("close_range");
        }
    }

    /// <summary>setresuid for the calling thread alone: the C library's function would signal the runtime's other threads to follow.</summary>
    public static void setresuid_thread(uint uid)
    {
        if (_syscall3(SYS_setresuid, (nint)uid, (nint)uid, (nint)uid) < 0)
        {
            throw Failure("setresuid", uid.ToString());
        }
    }

    /// <summary>setresgid for the calling thread alone.</summary>
    public static void setresgid_thread(uint gid)
    {
        if (_syscall3(SYS_setresgid, (nint)gid, (nint)gid, (nint)gid) < 0)
        {
            throw Failure("setresgid", gid.ToString());
        }
    }

    /// <summary>setgroups for the calling thread alone.</summary>
    public static unsafe void setgroups_thread(ReadOnlySpan<uint> groups)
    {
        fixed (uint* start = groups)
        {
            if (_syscall3(SYS_setgroups, groups.Length, (nint)start, 0) < 0)
            {
                throw Failure("setgroups");
            }
        }
    }
}
