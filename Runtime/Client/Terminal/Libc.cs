using System.Runtime.InteropServices;

namespace Rtd.Client.Terminal;

/// <summary>The few C library calls a client makes itself; negative results are the negative errno, EINTR is retried where a call may be repeated.</summary>
/// <remarks>Standard streams and the daemon's socket are used by fd: System.Console and its encodings cost more start-up time than a whole <c>ps</c>.</remarks>
internal static partial class Libc
{
    public const int EINTR = 4, ENOENT = 2, EACCES = 13, EPERM = 1, EPIPE = 32, ECONNREFUSED = 111, EAGAIN = 11;
    public const int SHUT_WR = 1, SHUT_RDWR = 2;
    public const short POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16;
    public const int S_IFIFO = 0x1000, S_IFCHR = 0x2000, S_IFDIR = 0x4000, S_IFBLK = 0x6000, S_IFREG = 0x8000, S_IFLNK = 0xA000, S_IFSOCK = 0xC000;
    public const int TCSANOW = 0, TCSADRAIN = 1;

    private const string LibraryName = "libc";
    private const nuint TIOCGWINSZ = 0x5413;
    private const int AF_UNIX = 1, SOCK_STREAM = 1, SOCK_CLOEXEC = 0x80000;

    [LibraryImport(LibraryName, EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint _read(int fd, byte* buffer, nuint count);

    [LibraryImport(LibraryName, EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint _write(int fd, byte* buffer, nuint count);

    [LibraryImport(LibraryName, EntryPoint = "close")]
    private static partial int _close(int fd);

    [LibraryImport(LibraryName, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int _fcntl(int fd, int command);

    [LibraryImport(LibraryName, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _open(string path, int flags);

    [LibraryImport(LibraryName, EntryPoint = "isatty")]
    private static partial int _isatty(int fd);

    [LibraryImport(LibraryName, EntryPoint = "shutdown", SetLastError = true)]
    private static partial int _shutdown(int fd, int how);

    [LibraryImport(LibraryName, EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int _poll(PollDescriptor* fds, nuint count, int timeout);

    [LibraryImport(LibraryName, EntryPoint = "socket", SetLastError = true)]
    private static partial int _socket(int domain, int type, int protocol);

    [LibraryImport(LibraryName, EntryPoint = "connect", SetLastError = true)]
    private static unsafe partial int _connect(int fd, sockaddr_un* address, uint length);

    [LibraryImport(LibraryName, EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int _ioctl(int fd, nuint request, WindowSize* size);

    [LibraryImport(LibraryName, EntryPoint = "tcgetattr", SetLastError = true)]
    private static unsafe partial int _tcgetattr(int fd, Termios* settings);

    [LibraryImport(LibraryName, EntryPoint = "tcsetattr", SetLastError = true)]
    private static unsafe partial int _tcsetattr(int fd, int actions, Termios* settings);

    [LibraryImport(LibraryName, EntryPoint = "cfmakeraw")]
    private static unsafe partial void _cfmakeraw(Termios* settings);

    [LibraryImport(LibraryName, EntryPoint = "localtime_r")]
    private static unsafe partial BrokenDownTime* _localtime_r(long* seconds, BrokenDownTime* result);

    [LibraryImport(LibraryName, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int _statx(int directory, string path, int flags, uint mask, byte* buffer);

    [LibraryImport(LibraryName, EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial byte* _realpath(string path, byte* resolved);

    [LibraryImport(LibraryName, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _link(string existing, string path);

    [LibraryImport(LibraryName, EntryPoint = "mknod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _mknod(string path, uint mode, ulong device);

    [LibraryImport(LibraryName, EntryPoint = "tzset")]
    private static partial void _tzset();

    /// <summary>Bytes read, 0 at the end, or the negative errno.</summary>
    public static unsafe int read(int fd, Span<byte> buffer)
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

    /// <summary>Writes everything; 0, or the negative errno. A descriptor that another process made non-blocking is waited for.</summary>
    public static unsafe int write_all(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            int written = 0;
            while (written < buffer.Length)
            {
                nint count = _write(fd, start + written, (nuint)(buffer.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }

                int errno = Marshal.GetLastPInvokeError();
                if (errno == EAGAIN)
                {
                    poll(fd, POLLOUT, -1);
                }
                else if (errno != EINTR)
                {
                    return -errno;
                }
            }
        }

        return 0;
    }

    public static void close(int fd) => _ = _close(fd);

    /// <summary>Opens /dev/null in place of standard descriptors that the caller closed; a socket would else become our standard input.</summary>
    public static void fill_standard_descriptors()
    {
        const int F_GETFD = 1, O_RDWR = 2;
        for (int fd = 0; fd <= 2; fd++)
        {
            // The lowest free number is taken, which is this one: those below it are open.
            if (_fcntl(fd, F_GETFD) < 0 && _open("/dev/null", O_RDWR) != fd)
            {
                return;
            }
        }
    }

    public static bool isatty(int fd) => _isatty(fd) == 1;

    public static int shutdown(int fd, int how) => _shutdown(fd, how) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>Waits for one descriptor; true when an event is pending, false at the timeout (milliseconds, -1 is for ever).</summary>
    public static unsafe bool poll(int fd, short events, int timeout)
    {
        PollDescriptor entry = new() { fd = fd, events = events };
        while (true)
        {
            int ready = _poll(&entry, 1, timeout);
            if (ready >= 0 || Marshal.GetLastPInvokeError() != EINTR)
            {
                return ready > 0;
            }
        }
    }

    /// <summary>A connected stream socket, or the negative errno.</summary>
    public static unsafe int connect_unix(ReadOnlySpan<byte> path)
    {
        sockaddr_un address = default;
        address.family = AF_UNIX;
        path.CopyTo(new Span<byte>(address.path, 107));
        int fd = _socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            return -Marshal.GetLastPInvokeError();
        }

        if (_connect(fd, &address, (uint)sizeof(sockaddr_un)) == 0)
        {
            return fd;
        }

        int errno = Marshal.GetLastPInvokeError();
        _ = _close(fd);
        return -errno;
    }

    /// <summary>Rows and columns of a terminal; zeros for anything else.</summary>
    public static unsafe (int Rows, int Columns) window_size(int fd)
    {
        WindowSize size;
        return _ioctl(fd, TIOCGWINSZ, &size) == 0 ? (size.rows, size.columns) : (0, 0);
    }

    public static unsafe bool tcgetattr(int fd, out Termios settings)
    {
        fixed (Termios* target = &settings)
        {
            return _tcgetattr(fd, target) == 0;
        }
    }

    public static unsafe bool tcsetattr(int fd, int actions, in Termios settings)
    {
        fixed (Termios* source = &settings)
        {
            return _tcsetattr(fd, actions, source) == 0;
        }
    }

    public static unsafe void cfmakeraw(ref Termios settings)
    {
        fixed (Termios* target = &settings)
        {
            _cfmakeraw(target);
        }
    }

    /// <summary>Offset east of UTC in seconds, and the zone's abbreviation, at a moment (seconds since 1970).</summary>
    public static unsafe (int Offset, string Zone) local_zone(long seconds)
    {
        BrokenDownTime result;
        _tzset();
        return _localtime_r(&seconds, &result) is null ? (0, "UTC") : ((int)result.gmtoff, Marshal.PtrToStringUTF8(result.zone) ?? "UTC");
    }

    /// <summary>Makes a pipe or a device; 0, or the negative errno.</summary>
    public static int mknod(string path, uint mode, int major, int minor)
    {
        // glibc's packing of dev_t (gnu_dev_makedev).
        ulong device = ((ulong)(major & 0xFFF) << 8) | (uint)(minor & 0xFF) | ((ulong)(minor & ~0xFF) << 12) | ((ulong)(major & ~0xFFF) << 32);
        return _mknod(path, mode, device) == 0 ? 0 : -Marshal.GetLastPInvokeError();
    }

    /// <summary>Another name for a file; 0, or the negative errno.</summary>
    public static int link(string existing, string path) => _link(existing, path) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>The type bits of what a path leads to (S_IFREG and so on), links followed; 0 when there is nothing.</summary>
    public static unsafe int file_type(string path)
    {
        const int AT_FDCWD = -100, S_IFMT = 0xF000, stx_mode = 28;
        const uint STATX_TYPE = 1;
        byte* buffer = stackalloc byte[256];
        return _statx(AT_FDCWD, path, 0, STATX_TYPE, buffer) == 0 ? *(ushort*)(buffer + stx_mode) & S_IFMT : 0;
    }

    /// <summary>What a path names, links not followed; 0, or the negative errno.</summary>
    public static unsafe int lstat(string path, out FileStatus status)
    {
        const int AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100;
        const uint STATX_BASIC_STATS = 0x7FF;
        const int stx_nlink = 16, stx_mode = 28, stx_ino = 32, stx_size = 40, stx_mtime = 112, stx_rdev_major = 128, stx_rdev_minor = 132, stx_dev_major = 136, stx_dev_minor = 140;
        byte* buffer = stackalloc byte[256];
        if (_statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, buffer) != 0)
        {
            status = default;
            return -Marshal.GetLastPInvokeError();
        }

        status = new FileStatus(
            *(ushort*)(buffer + stx_mode),
            *(uint*)(buffer + stx_nlink),
            (*(uint*)(buffer + stx_dev_major), *(uint*)(buffer + stx_dev_minor), *(ulong*)(buffer + stx_ino)),
            *(long*)(buffer + stx_size),
            *(long*)(buffer + stx_mtime),
            *(uint*)(buffer + stx_rdev_major),
            *(uint*)(buffer + stx_rdev_minor));
        return 0;
    }

    /// <summary>A path without links and dots; null when it does not exist.</summary>
    public static unsafe string? realpath(string path)
    {
        const int PATH_MAX = 4096;
        byte* buffer = stackalloc byte[PATH_MAX];
        return Marshal.PtrToStringUTF8((nint)_realpath(path, buffer));
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int fd;
        public short events;
        public short revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort rows;
        public ushort columns;
        public ushort xpixel;
        public ushort ypixel;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct BrokenDownTime
    {
        public int sec, min, hour, mday, mon, year, wday, yday, isdst;
        public nint gmtoff;
        public nint zone;
    }

    private unsafe struct sockaddr_un
    {
        public ushort family;
        public fixed byte path[108];
    }

    /// <summary>As much of a file's status as an archive needs.</summary>
    /// <param name="Mode">With the type.</param>
    /// <param name="Identity">Device and inode, the same for all names of a file.</param>
    /// <param name="Modified">Seconds since 1970.</param>
    internal readonly record struct FileStatus(ushort Mode, uint Links, (uint Major, uint Minor, ulong Inode) Identity, long Size, long Modified, uint DeviceMajor, uint DeviceMinor)
    {
        public int Type => Mode & 0xF000;
    }

    /// <summary>glibc's struct termios (60 bytes); beyond the echo flag its contents matter only to cfmakeraw and the kernel.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal unsafe struct Termios
    {
        private const uint ECHO = 0x8;

        private uint c_iflag, c_oflag, c_cflag, c_lflag;
        private fixed byte rest[44];

        public void ClearEcho() => c_lflag &= ~ECHO;
    }
}
