using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>The nodes and links of the container's /dev, made by fd.</summary>
internal static class DeviceNodes
{
    private static readonly (string Target, string Name)[] s_links =
    [
        ("/proc/self/fd", "fd"), ("/proc/self/fd/0", "stdin"), ("/proc/self/fd/1", "stdout"), ("/proc/self/fd/2", "stderr"),
        ("/proc/kcore", "core"), ("pts/ptmx", "ptmx"),
    ];

    public static void Make(Rootfs rootfs, Mounts mounts, IReadOnlyList<DeviceSpec> devices)
    {
        foreach (DeviceSpec device in devices)
        {
            MakeNode(rootfs, mounts, device);
        }

        using SafeFileHandle dev = MountTarget.MakeDirectory(rootfs.Fd, "/dev");
        if (!mounts.IsOwn(dev))
        {
            return; // the host's, or a volume: what is in it is its owner's
        }

        foreach ((string target, string name) in s_links)
        {
            if (Libc.try_statx(dev.Fd(), name, Libc.AT_SYMLINK_NOFOLLOW, out _) != 0)
            {
                Libc.symlinkat(target, dev.Fd(), name);
            }
        }
    }

    private static void MakeNode(Rootfs rootfs, Mounts mounts, DeviceSpec device)
    {
        uint type = device.Type switch
        {
            'c' => Libc.S_IFCHR,
            'b' => Libc.S_IFBLK,
            'p' => Libc.S_IFIFO,
            _ => throw new InitException(Libc.EINVAL, $"device type {device.Type} of {device.Path}"),
        };
        int slash = device.Path.LastIndexOf('/');
        string name = device.Path[(slash + 1)..];
        using SafeFileHandle parent = MountTarget.MakeDirectory(rootfs.Fd, slash <= 0 ? "/" : device.Path[..slash]);
        if (IsSame(parent, name, type, device))
        {
            return;
        }

        if (!mounts.IsOwn(parent))
        {
            // It would stay behind in a directory of the host's, for others that mount it and for no device rule of theirs.
            throw new InitException(Libc.EPERM, $"device {device.Path} cannot be made: it would lie in what is bound from outside the container");
        }

        int status = Libc.try_mknodat(parent.Fd(), name, type | device.Mode, device.Major, device.Minor);
        if (status != 0)
        {
            throw new SyscallException("mknodat", -status, device.Path);
        }

        if (device.Uid != 0 || device.Gid != 0)
        {
            Libc.fchownat(parent.Fd(), name, device.Uid, device.Gid);
        }
    }

    private static bool IsSame(SafeFileHandle parent, string name, uint type, DeviceSpec device) =>
        Libc.try_statx(parent.Fd(), name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t found) == 0
        && found.Type == type && found.stx_rdev_major == device.Major && found.stx_rdev_minor == device.Minor;
}
