using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Makes mounts detached and attaches them by fd, so that no path is looked up twice (CVE-2021-30465).</summary>
internal static class Mounts
{
    private const ulong WritableMeanwhile = Libc.MOUNT_ATTR_RDONLY;

    /// <summary>Files of procfs that monitoring tools replace by a bind; all else below /proc stays the kernel's (CVE-2019-16884).</summary>
    private static readonly HashSet<string> s_replaceableProcFiles =
    [
        "/proc/cpuinfo", "/proc/diskstats", "/proc/loadavg", "/proc/meminfo", "/proc/net/dev", "/proc/slabinfo", "/proc/stat", "/proc/swaps",
        "/proc/sys/kernel/ns_last_pid", "/proc/uptime",
    ];

    /// <summary>Takes hold of the sources of all binds, in list order, before the rootfs may cover them.</summary>
    public static IReadOnlyList<DetachedMount> OpenBinds(IReadOnlyList<MountSpec> mounts)
    {
        List<DetachedMount> opened = [];
        foreach (MountSpec mount in mounts)
        {
            if (mount.Kind == MountKind.Bind)
            {
                SafeFileHandle tree = BindSource.Open(mount.Source, mount.Data, mount.Recursive);
                opened.Add(new DetachedMount(tree, Libc.fstat(tree.Fd(), mount.Source).Type == Libc.S_IFDIR));
            }
        }

        return opened;
    }

    /// <param name="rootfs">What they go below.</param>
    /// <param name="mounts">All of the container's.</param>
    /// <param name="binds">Those that <see cref="OpenBinds"/> made.</param>
    /// <param name="received">Fds that came along with the spec.</param>
    public static void AttachAll(Rootfs rootfs, IReadOnlyList<MountSpec> mounts, IReadOnlyList<DetachedMount> binds, IReadOnlyList<SafeFileHandle> received)
    {
        int bind = 0;
        foreach (MountSpec mount in mounts)
        {
            if (mount.Kind == MountKind.Bind)
            {
                using SafeFileHandle tree = binds[bind].Fd;
                AttachBind(rootfs, mount, tree, binds[bind].IsDirectory);
                bind++;
            }
            else if (mount.Kind == MountKind.Received)
            {
                using SafeFileHandle target = MountTarget.MakeDirectory(rootfs.Fd, mount.Destination);
                using SafeFileHandle tree = received[int.Parse(mount.Data, System.Globalization.CultureInfo.InvariantCulture)];
                Libc.move_mount(tree.Fd(), target.Fd(), mount.Destination);
            }
            else if (!IsCgroup(mount))
            {
                AttachNew(rootfs, mount);
            }
        }
    }

    public static void AttachCgroups(Rootfs rootfs, IReadOnlyList<MountSpec> mounts)
    {
        foreach (MountSpec mount in mounts)
        {
            if (IsCgroup(mount))
            {
                AttachNew(rootfs, mount);
            }
        }
    }

    /// <summary>Read-only tmpfs mounts stay writable until all that goes below them is made.</summary>
    public static void SealReadonly(Rootfs rootfs, IReadOnlyList<MountSpec> mounts)
    {
        foreach (MountSpec mount in mounts)
        {
            if (mount.Kind == MountKind.Tmpfs && (mount.Flags & Libc.MS_RDONLY) != 0)
            {
                using SafeFileHandle target = MountTarget.Open(rootfs.Fd, mount.Destination);
                Libc.mount_setattr(target.Fd(), recursive: false, new Libc.mount_attr { attr_set = Libc.MOUNT_ATTR_RDONLY }, mount.Destination);
            }
        }
    }

    private static bool IsCgroup(MountSpec mount) => mount.Kind is MountKind.CgroupV1 or MountKind.CgroupV2;

    private static void AttachBind(Rootfs rootfs, MountSpec mount, SafeFileHandle tree, bool isDirectory)
    {
        Libc.mount_attr attributes = new()
        {
            attr_set = Attributes(mount.Flags),
            propagation = mount.Propagation == 0 ? Libc.MS_PRIVATE : mount.Propagation & ~Libc.MS_REC,
        };
        Libc.mount_setattr(tree.Fd(), mount.Recursive, attributes, mount.Destination);
        using SafeFileHandle target = isDirectory
            ? MountTarget.MakeDirectory(rootfs.Fd, mount.Destination)
            : MountTarget.MakeFile(rootfs.Fd, mount.Destination);
        RefuseInsideProc(target, mount);
        Libc.move_mount(tree.Fd(), target.Fd(), mount.Destination);
    }

    private static void AttachNew(Rootfs rootfs, MountSpec mount)
    {
        ulong attributes = Attributes(mount.Flags);
        (string type, string source, string data) = mount.Kind switch
        {
            MountKind.Tmpfs => ("tmpfs", mount.Source, mount.Data),
            MountKind.Proc => ("proc", "proc", mount.Data),
            MountKind.Sysfs => ("sysfs", "sysfs", mount.Data),
            MountKind.Devpts => ("devpts", "devpts", mount.Data),
            MountKind.Mqueue => ("mqueue", "mqueue", mount.Data),
            MountKind.CgroupV1 => ("cgroup", "cgroup", mount.Source.StartsWith("name=", StringComparison.Ordinal) ? "none," + mount.Source : mount.Source),
            MountKind.CgroupV2 => ("cgroup2", "cgroup", mount.Data),
            _ => throw new InitException(Libc.EINVAL, $"mount kind {mount.Kind} for {mount.Destination}"),
        };
        if (mount.Kind == MountKind.Tmpfs)
        {
            attributes &= ~WritableMeanwhile;
        }

        using SafeFileHandle made = Libc.fsmount(type, source, data, attributes);
        using SafeFileHandle target = mount.Kind is MountKind.Proc or MountKind.Sysfs
            ? MountTarget.MakeDirectoryWithoutLinks(rootfs.Fd, mount.Destination)
            : MountTarget.MakeDirectory(rootfs.Fd, mount.Destination);
        if (mount.Kind != MountKind.Proc)
        {
            RefuseInsideProc(target, mount);
        }

        Libc.move_mount(made.Fd(), target.Fd(), mount.Destination);
    }

    /// <summary>A mount over or inside procfs would hide the files by which limits, labels and masks are set.</summary>
    private static void RefuseInsideProc(SafeFileHandle target, MountSpec mount)
    {
        if (s_replaceableProcFiles.Contains(mount.Destination))
        {
            return;
        }

        if (mount.Destination.TrimEnd('/') == "/proc" || Libc.fstatfs_type(target.Fd()) == Libc.PROC_SUPER_MAGIC)
        {
            throw new InitException(Libc.EPERM, $"\"{mount.Destination}\" cannot be mounted because it is inside /proc");
        }
    }

    private static ulong Attributes(ulong flags)
    {
        ulong attributes = 0;
        attributes |= (flags & Libc.MS_RDONLY) != 0 ? Libc.MOUNT_ATTR_RDONLY : 0;
        attributes |= (flags & Libc.MS_NOSUID) != 0 ? Libc.MOUNT_ATTR_NOSUID : 0;
        attributes |= (flags & Libc.MS_NODEV) != 0 ? Libc.MOUNT_ATTR_NODEV : 0;
        attributes |= (flags & Libc.MS_NOEXEC) != 0 ? Libc.MOUNT_ATTR_NOEXEC : 0;
        attributes |= (flags & Libc.MS_NODIRATIME) != 0 ? Libc.MOUNT_ATTR_NODIRATIME : 0;
        return attributes;
    }
}
