using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const uint S_IFMT = 0xF000, S_IFSOCK = 0xC000, S_IFLNK = 0xA000, S_IFREG = 0x8000, S_IFBLK = 0x6000, S_IFDIR = 0x4000,
        S_IFCHR = 0x2000, S_IFIFO = 0x1000;

    private const uint STATX_BASIC_STATS = 0x7ff;

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct statx_timestamp
    {
        public long tv_sec;
        public uint tv_nsec;
        public int reserved;
    }

    /// <summary>struct statx of <c>linux/stat.h</c>: the one stat structure that is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct statx_t
    {
        public uint stx_mask;
        public uint stx_blksize;
        public ulong stx_attributes;
        public uint stx_nlink;
        public uint stx_uid;
        public uint stx_gid;
        public ushort stx_mode;
        private readonly ushort _pad0;
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
        public ulong stx_mnt_id;

        public readonly uint Type => stx_mode & S_IFMT;
    }

    [LibraryImport(LibraryName, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int _statx(int dirfd, string path, int flags, uint mask, statx_t* result);

    [LibraryImport(LibraryName, EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _mkdirat(int dirfd, string path, uint mode);

    [LibraryImport(LibraryName, EntryPoint = "mknodat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _mknodat(int dirfd, string path, uint mode, ulong device);

    [LibraryImport(LibraryName, EntryPoint = "umask")]
    public static partial uint umask(uint mask);

    [LibraryImport(LibraryName, EntryPoint = "fchmod", SetLastError = true)]
    private static partial int _fchmod(int fd, uint mode);

    /// <summary>0 and the structure, or the negative errno.</summary>
    public static unsafe int try_statx(int dirfd, string path, int flags, out statx_t result)
    {
        fixed (statx_t* pointer = &result)
        {
            return _statx(dirfd, path, flags, STATX_BASIC_STATS, pointer) == 0 ? 0 : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>What an fd holds (also an O_PATH one).</summary>
    public static statx_t fstat(int fd, string subject)
    {
        int status = try_statx(fd, "", AT_EMPTY_PATH, out statx_t result);
        return status == 0 ? result : throw new SyscallException("statx", -status, subject);
    }

    /// <summary>0, or the negative errno.</summary>
    public static int try_mkdirat(int dirfd, string path, uint mode) =>
        _mkdirat(dirfd, path, mode) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>0, or the negative errno.</summary>
    public static int try_mknodat(int dirfd, string path, uint mode, uint major, uint minor) =>
        _mknodat(dirfd, path, mode, makedev(major, minor)) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    public static void fchmod(int fd, uint mode)
    {
        if (_fchmod(fd, mode) < 0)
        {
            throw Failure("fchmod", $"fd {fd}");
        }
    }

    /// <summary>makedev(3) of the GNU C library.</summary>
    public static ulong makedev(uint major, uint minor) =>
        ((ulong)(major & 0xfffff000) << 32) | ((ulong)(major & 0xfff) << 8) | ((ulong)(minor & 0xffffff00) << 12) | (minor & 0xff);
}
