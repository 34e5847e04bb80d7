using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>Takes the root of a running container from its mount namespace.</summary>
internal static class RunningRoot
{
    /// <summary>Null when the container's first process is gone.</summary>
    public static ContainerRoot? TryOpen(Container container, ContainerRun run)
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, $"/proc/{run.Process.Identity.Pid}/ns/mnt", Libc.O_RDONLY);
        using SafeFileHandle? mounts = fd >= 0 ? Libc.Own(fd) : null;

        IdMaps? maps = mounts is null ? null : TryMaps(run);

        // Not reaped yet, so the pid cannot have been another's when the file was opened.
        if (mounts is null || run.Process.HasExited)
        {
            return null;
        }

        SafeFileHandle? tree = Clone(mounts, "/");
        return tree is null ? null : Wrap(tree, container, maps);
    }

    private static IdMaps? TryMaps(ContainerRun run)
    {
        try
        {
            return ProcessNamespace.MapsOf(run.Process.Identity.Pid);
        }
        catch (Exception gone) when (gone is SyscallException or IOException && run.Process.HasExited)
        {
            return null;
        }
    }

    private static ContainerRoot Wrap(SafeFileHandle tree, Container container, IdMaps? maps)
    {
        try
        {
            return new ContainerRoot(tree, container.Record.Mounts, close: null, maps);
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A copy of a mount of a namespace and all below it; null when it is not there or the namespace has just ended. The thread that enters it makes two system calls there and ends: nothing is loaded from the
    /// container (CVE-2019-14271), and nothing but the fd leaves it.
    /// </summary>
    /// <param name="mountNamespace">Whose.</param>
    /// <param name="path">A mount in it, or the root; a link is not followed.</param>
    public static SafeFileHandle? Clone(SafeFileHandle mountNamespace, string path)
    {
        const uint Tree = Libc.OPEN_TREE_CLONE | (uint)Libc.AT_RECURSIVE;
        int tree = Libc.try_open_tree(-1, "", Tree); // binds the call before the namespace is entered; fails by its arguments
        SyscallException? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                // A thread that shares its root directory with others cannot change its mount namespace.
                Libc.unshare(Libc.CLONE_FS, "file system attributes");
                Libc.setns(mountNamespace.Fd(), Libc.CLONE_NEWNS, "the container's mount namespace");
                tree = Libc.try_open_tree(Libc.AT_FDCWD, path, Tree | (uint)Libc.AT_SYMLINK_NOFOLLOW);
            }
            catch (SyscallException error)
            {
                failure = error;
            }
        })
        { Name = "container root" };
        thread.StartOrThrow();
        thread.Join();
        if (failure is not null)
        {
            throw failure;
        }

        return tree >= 0 ? Libc.Own(tree)
            : tree is -Libc.EINVAL or -Libc.ENOENT ? null // the namespace has just ended
            : throw new SyscallException("open_tree", -tree, $"the container's {path}");
    }
}
