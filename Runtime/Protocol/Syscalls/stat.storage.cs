using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const uint S_IFMT = 0xF000, S_IFSOCK = 0xC000, S_IFLNK = 0xA000, S_IFREG = 0x8000, S_IFBLK = 0x6000, S_IFDIR = 0x4000,
        S_IFCHR = 0x2000, S_IFIFO = 0x1000;

    private const uint STATX_BASIC_STATS = 0x7ff;

    [StructLayout(LayoutKind.Sequential)]
    internal struct timespec
    {
        public long tv_sec;
        public long tv_nsec;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct statx_timestamp
    {
        public long tv_sec;
        public uint tv_nsec;
        public int reserved;
    }

    /// <summary><c>struct statx</c>: the same layout on every architecture.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    internal struct statx_t
    {
        public uint stx_mask;
        public uint stx_blksize;
        public ulong stx_attributes;
        public uint stx_nlink;
        public uint stx_uid;
        public uint stx_gid;
        public ushort stx_mode;
        public ushort spare0;
        public ulong stx_ino;
        public ulong stx_size;
        public ulong stx_blocks;
        public ulong stx_attributes_mask;
        public statx_timestamp stx_atime;
        public statx_timestamp stx_btime;
        public statx_timestamp stx_ctime;
        public statx_timestamp stx_mtime;
        public uint stx_rdev_major;
        public uint stx_rdev_minor;
        public uint stx_dev_major;
        public uint stx_dev_minor;

        /// <summary>The type bits of the mode.</summary>
        public readonly uint Type => stx_mode & S_IFMT;

        /// <summary>Permission, setuid, setgid and sticky bits.</summary>
        public readonly uint Permissions => stx_mode & 0xFFFu;

        /// <summary>The device number as mknod(2) takes it.</summary>
        public readonly ulong Device => makedev(stx_rdev_major, stx_rdev_minor);

        /// <summary>Identifies the inode among all mounted file systems.</summary>
        public readonly (ulong Device, ulong Inode) Identity => (makedev(stx_dev_major, stx_dev_minor), stx_ino);
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

    /// <summary>The C library's makedev(3).</summary>
    public static ulong makedev(uint major, uint minor) =>
        ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);

    /// <summary>statx(2) of a zero-terminated name; "" with AT_EMPTY_PATH for the fd itself. Returns 0 or the negative errno.</summary>
    public static unsafe int try_statx(int dirfd, ReadOnlySpan<byte> path, int flags, out statx_t status)
    {
        fixed (byte* name = path)
        fixed (statx_t* buffer = &status)
        {
            return Result(_statx(dirfd, name, flags, STATX_BASIC_STATS, buffer));
        }
    }

    /// <summary>What the fd itself is.</summary>
    public static statx_t fstatx(int fd, string subject)
    {
        int result = try_statx(fd, "\0"u8, AT_EMPTY_PATH, out statx_t status);
        return result == 0 ? status : throw new SyscallException("statx", -result, subject);
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
