using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Makes mounts detached and attaches them by fd, so that no path is looked up twice (CVE-2021-30465).</summary>
internal sealed class Mounts : IDisposable
{
    private const ulong WritableMeanwhile = Libc.MOUNT_ATTR_RDONLY;

    /// <summary>01777, what the kernel gives a tmpfs: of a directory that is made for one, so that it has the same at the container's next start.</summary>
    private const uint TmpfsMode = 0x3ff;

    /// <summary>07777.</summary>
    private const int Permissions = 0xfff;

    private readonly IReadOnlyList<MountSpec> _specs;
    private readonly List<DetachedMount> _sources = [];
    private readonly List<SafeFileHandle> _unsealed = [];
    private readonly HashSet<ulong> _own = [];

    private Mounts(IReadOnlyList<MountSpec> specs)
    {
        _specs = specs;
    }

    /// <summary>Takes hold of what is bound, in list order, before the rootfs may cover it.</summary>
    /// <param name="trees">Those that came along with the spec, in the order of the mounts that they are for.</param>
    public static Mounts Open(IReadOnlyList<MountSpec> specs, IEnumerable<SafeFileHandle> trees)
    {
        Mounts mounts = new(specs);
        using IEnumerator<SafeFileHandle> tree = trees.GetEnumerator();
        foreach (MountSpec mount in specs)
        {
            if (mount.Kind is MountKind.Bind or MountKind.Tree)
            {
                SafeFileHandle source = mount.Kind == MountKind.Bind ? BindSource.Open(mount.Source, mount.Data, mount.Recursive) : Next(tree, mount);
                mounts._sources.Add(new DetachedMount(source, Libc.fstat(source.Fd(), mount.Source).Type == Libc.S_IFDIR));
            }
        }

        return mounts;
    }

    public void AttachAll(Rootfs rootfs)
    {
        _own.Add(MountId(rootfs.Fd));
        int next = 0;
        foreach (MountSpec mount in _specs)
        {
            if (mount.Kind is MountKind.Bind or MountKind.Tree)
            {
                using SafeFileHandle source = _sources[next].Fd;
                AttachBind(rootfs, mount, source, _sources[next].IsDirectory);
                next++;
            }
            else if (!IsCgroup(mount))
            {
                AttachNew(rootfs, mount);
            }
        }
    }

    public void AttachCgroups(Rootfs rootfs)
    {
        foreach (MountSpec mount in _specs)
        {
            if (IsCgroup(mount))
            {
                AttachNew(rootfs, mount);
            }
        }
    }

    /// <summary>Read-only tmpfs mounts stay writable until all that goes below them is made. They are held meanwhile: where they lie may be a volume that others write to.</summary>
    public void SealReadonly()
    {
        foreach (SafeFileHandle mount in _unsealed)
        {
            Libc.mount_setattr(mount.Fd(), recursive: false, new Libc.mount_attr { attr_set = Libc.MOUNT_ATTR_RDONLY }, "tmpfs");
        }
    }

    /// <summary>Whether what an fd holds lies on the root or a file system made for this container, and not in what is bound from elsewhere.</summary>
    public bool IsOwn(SafeFileHandle place) => _own.Contains(MountId(place.Fd()));

    public void Dispose() => _unsealed.ForEach(mount => mount.Dispose());

    private static SafeFileHandle Next(IEnumerator<SafeFileHandle> trees, MountSpec mount) =>
        trees.MoveNext() ? trees.Current : throw new InitException(Libc.EINVAL, $"no tree came along for {mount.Destination}");

    private static bool IsCgroup(MountSpec mount) => mount.Kind is MountKind.CgroupV1 or MountKind.CgroupV2;

    private static ulong MountId(int fd) => Libc.fstat(fd, "mount").stx_mnt_id;

    private static void AttachBind(Rootfs rootfs, MountSpec mount, SafeFileHandle tree, bool isDirectory)
    {
        MountProperties.Apply(tree, Attributes(mount.Flags), below: !mount.WritableBelow, mount.Propagation, mount.Destination);
        using SafeFileHandle target = BindTarget(rootfs, mount, isDirectory);
        if (!ReplacesProc(mount, tree))
        {
            RefuseInsideProc(target, mount);
        }

        Libc.move_mount(tree.Fd(), target.Fd(), mount.Destination);
    }

    /// <exception cref="InitException">One is a directory and the other is not.</exception>
    private static SafeFileHandle BindTarget(Rootfs rootfs, MountSpec mount, bool isDirectory)
    {
        SafeFileHandle? target = null;
        try
        {
            target = isDirectory ? MountTarget.MakeDirectory(rootfs.Fd, mount.Destination) : MountTarget.MakeFile(rootfs.Fd, mount.Destination);
        }
        catch (SyscallException failure) when (failure.Errno == Libc.ENOTDIR)
        {
            // Told below.
        }

        if (target is null || (Libc.fstat(target.Fd(), mount.Destination).Type == Libc.S_IFDIR) != isDirectory)
        {
            target?.Dispose();
            throw new InitException(
                Libc.ENOTDIR, $"cannot mount {mount.Source} onto {mount.Destination}: not a directory. Are you trying to mount a directory onto a file (or vice-versa)? Check if the specified host path exists and is the expected type");
        }

        return target;
    }

    private void AttachNew(Rootfs rootfs, MountSpec mount)
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
        using SafeFileHandle target = mount.Kind switch
        {
            MountKind.Proc or MountKind.Sysfs => MountTarget.MakeDirectoryWithoutLinks(rootfs.Fd, mount.Destination),
            MountKind.Tmpfs => MountTarget.MakeDirectory(rootfs.Fd, mount.Destination, TmpfsMode),
            _ => MountTarget.MakeDirectory(rootfs.Fd, mount.Destination),
        };
        if (mount.Kind != MountKind.Proc)
        {
            RefuseInsideProc(target, mount);
        }

        if (mount.Kind == MountKind.Tmpfs)
        {
            attributes &= ~WritableMeanwhile;

            // What was for root alone stays so. A mode among the options comes later, and counts.
            string mode = "mode=" + Convert.ToString(Libc.fstat(target.Fd(), mount.Destination).stx_mode & Permissions, 8);
            data = data.Length == 0 ? mode : $"{mode},{data}";
        }

        if ((mount.Flags & Libc.MS_SYNCHRONOUS) != 0)
        {
            data = data.Length == 0 ? "sync" : data + ",sync";
        }

        SafeFileHandle made = Libc.fsmount(type, source, data, attributes);
        _own.Add(MountId(made.Fd()));
        Libc.move_mount(made.Fd(), target.Fd(), mount.Destination);
        if (mount.Kind == MountKind.Tmpfs && (mount.Flags & Libc.MS_RDONLY) != 0)
        {
            _unsealed.Add(made);
        }
        else
        {
            made.Dispose();
        }
    }

    /// <summary>The root of a procfs over the container's own (<c>-v /proc:/proc</c>), and files that monitoring tools replace.</summary>
    private static bool ReplacesProc(MountSpec mount, SafeFileHandle tree)
    {
        const ulong ProcRootInode = 1;
        return ProcTargets.MayBeReplaced(mount.Destination)
            || (mount.Destination == "/proc" && Libc.fstatfs_type(tree.Fd()) == Libc.PROC_SUPER_MAGIC && Libc.fstat(tree.Fd(), "/proc").stx_ino == ProcRootInode);
    }

    /// <summary>A mount over or inside procfs would hide the files by which limits, labels and masks are set.</summary>
    private static void RefuseInsideProc(SafeFileHandle target, MountSpec mount)
    {
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
        attributes |= (flags & Libc.MS_NOATIME) != 0 ? Libc.MOUNT_ATTR_NOATIME : (flags & Libc.MS_STRICTATIME) != 0 ? Libc.MOUNT_ATTR_STRICTATIME : 0;
        return attributes;
    }
}
