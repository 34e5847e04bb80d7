using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Read-only and masked paths, after the pivot.</summary>
internal static class PathMasks
{
    private const ulong InRoot = Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS;

    public static void SetReadonly(Rootfs rootfs, IReadOnlyList<string> paths)
    {
        foreach (string path in paths)
        {
            using SafeFileHandle? target = TryOpen(rootfs, path);
            if (target is null)
            {
                continue;
            }

            using SafeFileHandle copy = Libc.open_tree(target.Fd(), "", Libc.OPEN_TREE_CLONE | (uint)(Libc.AT_EMPTY_PATH | Libc.AT_RECURSIVE), path);
            Libc.mount_setattr(copy.Fd(), recursive: true, new Libc.mount_attr { attr_set = Libc.MOUNT_ATTR_RDONLY }, path);
            Libc.move_mount(copy.Fd(), target.Fd(), path);
        }
    }

    public static void Mask(Rootfs rootfs, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            return;
        }

        using SafeFileHandle empty = OpenNullDevice(rootfs);
        foreach (string path in paths)
        {
            using SafeFileHandle? target = TryOpen(rootfs, path);
            if (target is null)
            {
                continue;
            }

            using SafeFileHandle cover = Libc.fstat(target.Fd(), path).Type == Libc.S_IFDIR
                ? Libc.fsmount("tmpfs", "tmpfs", "size=0k,nr_inodes=1", Libc.MOUNT_ATTR_RDONLY)
                : Libc.open_tree(empty.Fd(), "", Libc.OPEN_TREE_CLONE | (uint)Libc.AT_EMPTY_PATH, path);
            Libc.move_mount(cover.Fd(), target.Fd(), path);
        }
    }

    /// <summary>The null device, and nothing else that may lie at its name (CVE-2025-31133).</summary>
    private static SafeFileHandle OpenNullDevice(Rootfs rootfs)
    {
        int fd = Libc.try_openat2(rootfs.Fd, "dev/null", Libc.O_PATH, 0, InRoot | Libc.RESOLVE_NO_SYMLINKS);
        if (fd < 0)
        {
            throw new InitException(-fd, $"/dev/null, with which paths are masked: {Libc.strerror(-fd)}");
        }

        SafeFileHandle device = Libc.Own(fd);
        Libc.statx_t found = Libc.fstat(device.Fd(), "/dev/null");
        return found is { Type: Libc.S_IFCHR, stx_rdev_major: 1, stx_rdev_minor: 3 }
            ? device
            : throw new InitException(Libc.EINVAL, "/dev/null is not the null device");
    }

    /// <summary>Null for a path that this kernel or image does not have: nothing to hide.</summary>
    private static SafeFileHandle? TryOpen(Rootfs rootfs, string path)
    {
        int fd = Libc.try_openat2(rootfs.Fd, path, Libc.O_PATH, 0, InRoot);
        return fd switch
        {
            >= 0 => Libc.Own(fd),
            -Libc.ENOENT or -Libc.ENOTDIR => null,
            _ => throw new SyscallException("openat2", -fd, path),
        };
    }
}
