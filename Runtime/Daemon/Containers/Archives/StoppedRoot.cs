using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Mounts;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>Puts the root of a container that does not run together, with its binds and volumes, in a mount namespace that nobody else sees.</summary>
/// <param name="record">The container.</param>
/// <param name="rootfs">How its root is mounted.</param>
/// <param name="detached">The root itself when it is of kind <see cref="RootfsKind.Mount"/> or <see cref="RootfsKind.Mapped"/>.</param>
/// <param name="sources">Its binds and volumes.</param>
/// <param name="files">Host files to be seen in it (hosts, hostname, resolv.conf), as far as they are there, with where.</param>
/// <param name="mountPoint">An existing empty directory.</param>
/// <param name="remapping">The container's user namespace: it finds here what it finds when it runs. Null for the host's.</param>
internal sealed class StoppedRoot(
    ContainerRecord record, RootfsSpec rootfs, SafeFileHandle? detached, MountSources sources, IReadOnlyList<(string Source, string Destination)> files, string mountPoint, Remapping? remapping)
{
    /// <summary>The tree, detached, so that it outlives the namespace it is made in.</summary>
    public SafeFileHandle Open()
    {
        SafeFileHandle? tree = null;
        ExceptionDispatchInfo? failure = null;

        // A thread of its own, since it stays in its namespace until it ends; see Storage/Drivers/PrivateMount.
        Thread thread = new(() =>
        {
            try
            {
                tree = Compose();
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        { Name = "container root" };
        thread.StartOrThrow();
        thread.Join();
        failure?.Throw();
        return tree!;
    }

    private SafeFileHandle Compose()
    {
        Libc.unshare(Libc.CLONE_NEWNS, "mount namespace");
        Libc.mount(null, "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
        MountRoot();
        using AsRoot owner = AsRoot.Of(remapping?.Maps);
        using SafeFileHandle root = Libc.open(mountPoint, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        foreach ((string source, string destination) in files.Where(file => File.Exists(file.Source)))
        {
            Attach(root, OpenFile(source), destination, writable: !record.HostConfig.ReadonlyRootfs, below: false);
        }

        foreach (MountPoint mount in record.Mounts.Where(mount => mount.Type != MountPoint.Tmpfs).OrderBy(mount => mount.Destination.AsSpan().Count('/')))
        {
            Attach(root, sources.OpenTree(mount), mount.Destination, mount.Writable, !mount.WritableBelow);
        }

        if (record.HostConfig.ReadonlyRootfs)
        {
            Libc.mount_setattr(root.Fd(), recursive: false, new Libc.mount_attr { attr_set = Libc.MOUNT_ATTR_RDONLY }, "the container's root");
        }

        return Libc.open_tree(root.Fd(), "", Libc.OPEN_TREE_CLONE | (uint)(Libc.AT_RECURSIVE | Libc.AT_EMPTY_PATH), "the container's root");
    }

    private SafeFileHandle OpenFile(string source)
    {
        SafeFileHandle file = BindSource.Open(source, "", recursive: false);
        if (remapping is not null)
        {
            MappedMount.TryApply(file, remapping.Namespace, source);
        }

        return file;
    }

    private void MountRoot()
    {
        if (rootfs.Kind == RootfsKind.Mapped)
        {
            using SafeFileHandle place = Libc.open(mountPoint, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
            Libc.move_mount(detached!.Fd(), place.Fd(), mountPoint);
            return;
        }

        if (rootfs.Kind == RootfsKind.Overlay)
        {
            Libc.chdir(rootfs.BaseDirectory);
            Libc.mount("overlay", mountPoint, "overlay", 0, rootfs.Data);
            return;
        }

        using SafeFileHandle tree = rootfs.Kind == RootfsKind.Bind
            ? Libc.open_tree(Libc.AT_FDCWD, rootfs.BaseDirectory, Libc.OPEN_TREE_CLONE, rootfs.BaseDirectory)
            : Libc.open_tree(detached!.Fd(), "", Libc.OPEN_TREE_CLONE | (uint)Libc.AT_EMPTY_PATH, rootfs.BaseDirectory);
        using SafeFileHandle target = Libc.open(mountPoint, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        Libc.move_mount(tree.Fd(), target.Fd(), mountPoint);
    }

    private static void Attach(SafeFileHandle root, SafeFileHandle source, string destination, bool writable, bool below)
    {
        using SafeFileHandle tree = source;
        MountProperties.Apply(tree, writable ? 0 : Libc.MOUNT_ATTR_RDONLY, below, propagation: 0, destination);
        using SafeFileHandle target = Libc.fstat(tree.Fd(), destination).Type == Libc.S_IFDIR
            ? MountTarget.MakeDirectory(root.Fd(), destination)
            : MountTarget.MakeFile(root.Fd(), destination);
        Libc.move_mount(tree.Fd(), target.Fd(), destination);
    }
}
