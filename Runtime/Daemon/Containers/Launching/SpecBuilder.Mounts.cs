using System.Globalization;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

internal sealed partial class SpecBuilder
{
    /// <summary>The source of a mount of kind <see cref="MountKind.Tree"/> that is another container's /dev/shm.</summary>
    public const string SharedMemory = "shm";

    private const ulong NoSuidNoExec = Libc.MS_NOSUID | Libc.MS_NOEXEC;
    private const ulong NoSuidNoExecNoDev = NoSuidNoExec | Libc.MS_NODEV;

    /// <summary>All mounts, a mount before what is mounted below it. What the user mounts replaces ours at the same place.</summary>
    private List<MountSpec> Mounts()
    {
        List<MountSpec> own = [.. _record.Mounts.Select(Mount)];
        HashSet<string> taken = [.. own.Select(mount => mount.Destination)];
        IEnumerable<MountSpec> ours = DefaultMounts().Concat(FileMounts())
            .Where(mount => !taken.Contains(mount.Destination) && !(HasOwnDev && IsBelow(mount.Destination, "/dev")))
            .Where(mount => !(taken.Contains("/sys/fs/cgroup") && IsBelow(mount.Destination, "/sys/fs/cgroup")));
        return [.. ours.Concat(own).OrderBy(mount => Depth(mount.Destination))]; // OrderBy keeps the order of equals
    }

    private IEnumerable<MountSpec> DefaultMounts()
    {
        bool writableSystem = _host.Privileged;
        yield return new MountSpec(MountKind.Proc, "proc", "/proc", NoSuidNoExecNoDev, 0, false, "");
        yield return new MountSpec(MountKind.Tmpfs, "tmpfs", "/dev", Libc.MS_NOSUID | Libc.MS_STRICTATIME, 0, false, "mode=755,size=65536k");
        yield return new MountSpec(MountKind.Devpts, "devpts", "/dev/pts", NoSuidNoExec, 0, false, "newinstance,ptmxmode=0666,mode=0620,gid=5");
        yield return new MountSpec(MountKind.Sysfs, "sysfs", "/sys", NoSuidNoExecNoDev | (writableSystem ? 0 : Libc.MS_RDONLY), 0, false, "");
        foreach (MountSpec cgroup in inputs.CgroupMounts)
        {
            yield return cgroup;
        }

        // That of the ipc namespace, whosever it is: a host need not have it mounted.
        yield return new MountSpec(MountKind.Mqueue, "mqueue", "/dev/mqueue", NoSuidNoExecNoDev, 0, false, "");
        if (_host.IpcMode == "host")
        {
            yield return new MountSpec(MountKind.Bind, "/dev/shm", "/dev/shm", 0, 0, true, "");
        }
        else if (inputs.SharesMemory)
        {
            yield return new MountSpec(MountKind.Tree, SharedMemory, "/dev/shm", NoSuidNoExecNoDev, 0, false, "");
        }
        else if (_host.IpcMode != "none")
        {
            string size = _host.ShmSize.ToString(CultureInfo.InvariantCulture);
            yield return new MountSpec(MountKind.Tmpfs, "shm", "/dev/shm", NoSuidNoExecNoDev, 0, false, $"mode=1777,size={size}");
        }
    }

    private IEnumerable<MountSpec> FileMounts()
    {
        ulong flags = _host.ReadonlyRootfs ? Libc.MS_RDONLY : 0;
        yield return new MountSpec(MountKind.Bind, inputs.ResolvConfPath, "/etc/resolv.conf", flags, 0, false, "");
        yield return new MountSpec(MountKind.Bind, inputs.HostnamePath, "/etc/hostname", flags, 0, false, "");
        yield return new MountSpec(MountKind.Bind, inputs.HostsPath, "/etc/hosts", flags, 0, false, "");
    }

    private MountSpec Mount(MountPoint mount)
    {
        if (mount.Type == MountPoint.Tmpfs)
        {
            (ulong tmpfsFlags, string data) = TmpfsOptionParser.Parse(mount.TmpfsOptions);
            return new MountSpec(MountKind.Tmpfs, "tmpfs", mount.Destination, tmpfsFlags, 0, false, data);
        }

        ulong flags = mount.Writable ? 0 : Libc.MS_RDONLY;
        MountKind kind = inputs.Sources.IsTree(mount.Destination) ? MountKind.Tree : MountKind.Bind;
        return new MountSpec(kind, inputs.Sources.Path(mount), mount.Destination, flags, Propagation(mount.Propagation), !mount.NonRecursive, mount.Subpath) { WritableBelow = mount.WritableBelow };
    }

    private static ulong Propagation(string word) => word switch
    {
        "private" => Libc.MS_PRIVATE,
        "shared" => Libc.MS_SHARED,
        "rshared" => Libc.MS_SHARED | Libc.MS_REC,
        "slave" => Libc.MS_SLAVE,
        "rslave" => Libc.MS_SLAVE | Libc.MS_REC,
        _ => 0,
    };

    /// <summary>Mounts can travel to or from a bind only when the root they are in lets them.</summary>
    private ulong RootPropagation()
    {
        ulong propagation = 0;
        foreach (MountPoint mount in _record.Mounts)
        {
            if (mount.Propagation is "shared" or "rshared")
            {
                return Libc.MS_SHARED; // of the root alone: other binds keep their own
            }

            propagation = mount.Propagation is "slave" or "rslave" ? Libc.MS_SLAVE | Libc.MS_REC : propagation;
        }

        return propagation;
    }

    private static bool IsBelow(string path, string parent) => path.StartsWith(parent + "/", StringComparison.Ordinal);

    private static int Depth(string path) => path.AsSpan().Count('/');
}
