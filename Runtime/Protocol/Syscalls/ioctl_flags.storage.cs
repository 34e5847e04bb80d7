namespace Rtd.Protocol.Syscalls;

// linux/fs.h: inode flags, ioctl_iflags(2).
internal static partial class Libc
{
    public const uint FS_TOPDIR_FL = 0x00020000;

    private const nuint FS_IOC_GETFLAGS = 0x80086601, FS_IOC_SETFLAGS = 0x40086602;

    /// <summary>Sets inode flags beside those that are set; returns 0 or the negative errno (-ENOTTY and -EOPNOTSUPP where the file system has none).</summary>
    public static unsafe int try_add_inode_flags(int fd, uint flags)
    {
        // The kernel reads and writes an int, although the numbers say long.
        uint set;
        int result = Result(_ioctl(fd, FS_IOC_GETFLAGS, (nint)(&set)));
        if (result < 0)
        {
            return result;
        }

        set |= flags;
        return Result(_ioctl(fd, FS_IOC_SETFLAGS, (nint)(&set)));
    }
}
