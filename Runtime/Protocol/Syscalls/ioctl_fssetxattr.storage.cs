using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

// linux/fs.h: attributes of inodes beyond those of stat, ioctl_xfs_fsgetxattr(2); ext4 and others have them too.
internal static partial class Libc
{
    private const nuint FS_IOC_FSGETXATTR = 0x801C581F, FS_IOC_FSSETXATTR = 0x401C5820;

    private const uint FS_XFLAG_PROJINHERIT = 0x200;

    [StructLayout(LayoutKind.Explicit, Size = 28)]
    private struct fsxattr
    {
        [FieldOffset(0)]
        public uint fsx_xflags;

        [FieldOffset(12)]
        public uint fsx_projid;
    }

    /// <summary>The project that a file or directory is counted to; returns 0 or the negative errno (-ENOTTY, -EOPNOTSUPP where there are none).</summary>
    public static unsafe int try_get_project(int fd, out uint project)
    {
        fsxattr attributes;
        int result = Result(_ioctl(fd, FS_IOC_FSGETXATTR, (nint)(&attributes)));
        project = result < 0 ? 0 : attributes.fsx_projid;
        return result;
    }

    /// <summary>Counts a directory to a project; returns 0 or the negative errno.</summary>
    /// <param name="inherit">And what is made in it from now on; nothing of other projects can be moved or linked there then (-EXDEV).</param>
    public static unsafe int try_set_project(int fd, uint project, bool inherit)
    {
        fsxattr attributes;
        int result = Result(_ioctl(fd, FS_IOC_FSGETXATTR, (nint)(&attributes)));
        if (result < 0)
        {
            return result;
        }

        attributes.fsx_projid = project;
        attributes.fsx_xflags = inherit ? attributes.fsx_xflags | FS_XFLAG_PROJINHERIT : attributes.fsx_xflags & ~FS_XFLAG_PROJINHERIT;
        return Result(_ioctl(fd, FS_IOC_FSSETXATTR, (nint)(&attributes)));
    }
}
