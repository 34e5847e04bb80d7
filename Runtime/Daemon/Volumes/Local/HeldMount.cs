using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Volumes.Local;

/// <summary>A mount that is attached only in a mount namespace which has nothing else in it and lives by an fd: the host's mount table never shows it.</summary>
/// <remarks>A detached mount would do, but before Linux 6.15 it can be attached once only, and a volume has many users.</remarks>
internal sealed class HeldMount : IDisposable
{
    private const string Name = "volume", Path = "/volume";
    private const uint Tree = Libc.OPEN_TREE_CLONE | (uint)Libc.AT_RECURSIVE;

    private readonly SafeFileHandle _namespace;

    private HeldMount(SafeFileHandle mountNamespace)
    {
        _namespace = mountNamespace;
    }

    /// <param name="place">An existing directory.</param>
    /// <param name="mount">Makes the mount as a detached tree; called on a thread in a private copy of the host's mount namespace.</param>
    public static async Task<HeldMount> MakeAsync(string place, Func<SafeFileHandle> mount) =>
        new(await NamespaceThread.RunAsync("volume mount", () => Enclose(place, mount)));

    /// <summary>A detached copy of the mount with what is mounted below it.</summary>
    /// <param name="subpath">A path below it, or ""; links that lead out are errors (EXDEV).</param>
    public SafeFileHandle Clone(string subpath)
    {
        // As in RunningRoot: each call is bound before the namespace is entered, in which there is no library to load.
        _ = Libc.try_open_tree(-1, "", Tree);
        _ = Libc.try_openat2(-1, "", Libc.O_PATH, 0, 0);
        int result = NamespaceThread.RunAsync("volume mount", () =>
        {
            Libc.unshare(Libc.CLONE_FS, "file system attributes");
            Libc.setns(_namespace.Fd(), Libc.CLONE_NEWNS, "the volume's mount namespace");
            int root = Libc.try_openat2(Libc.AT_FDCWD, Path, Libc.O_PATH | Libc.O_DIRECTORY, 0, 0);
            int found = root < 0 || subpath.Length == 0 ? root : Libc.try_openat2(root, subpath, Libc.O_PATH, 0, Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_MAGICLINKS);
            int tree = found < 0 ? found : Libc.try_open_tree(found, "", Tree | (uint)Libc.AT_EMPTY_PATH);
            Close(root);
            Close(found == root ? -1 : found);
            return tree;
        }).GetAwaiter().GetResult();
        return result >= 0 ? Libc.Own(result) : throw new SyscallException("open_tree", -result, subpath.Length == 0 ? Path : subpath);
    }

    public void Dispose() => _namespace.Dispose();

    /// <summary>Makes the namespace: a tmpfs as its root with the mount in it, and the host's mounts gone.</summary>
    private static SafeFileHandle Enclose(string place, Func<SafeFileHandle> mount)
    {
        Libc.unshare(Libc.CLONE_NEWNS, "mount namespace");
        SafeFileHandle mountNamespace = Libc.open("/proc/thread-self/ns/mnt", Libc.O_RDONLY);
        try
        {
            Libc.mount(null, "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
            using SafeFileHandle tree = mount();
            using SafeFileHandle root = Libc.fsmount("tmpfs", Name, "size=4k,mode=700", Libc.MOUNT_ATTR_NODEV | Libc.MOUNT_ATTR_NOSUID | Libc.MOUNT_ATTR_NOEXEC);
            using (SafeFileHandle target = Libc.open(place, Libc.O_PATH | Libc.O_DIRECTORY))
            {
                Libc.move_mount(root.Fd(), target.Fd(), place);
            }

            int made = Libc.try_mkdirat(root.Fd(), Name, 0x1C0);
            if (made < 0)
            {
                throw new SyscallException("mkdirat", -made, Name);
            }

            using (SafeFileHandle target = Libc.openat(root.Fd(), Name, Libc.O_PATH | Libc.O_DIRECTORY))
            {
                Libc.move_mount(tree.Fd(), target.Fd(), Name);
            }

            // pivot_root(2) explains the two dots. The last call is bound before, while libraries can still be found.
            _ = Libc.try_umount2("", Libc.MNT_DETACH);
            Libc.fchdir(root.Fd());
            Libc.pivot_root(".", ".");
            int gone = Libc.try_umount2(".", Libc.MNT_DETACH);
            return gone == 0 ? mountNamespace : throw new SyscallException("umount2", -gone, "the host's mounts");
        }
        catch
        {
            mountNamespace.Dispose();
            throw;
        }
    }

    private static void Close(int fd)
    {
        if (fd >= 0)
        {
            Libc.Own(fd).Dispose();
        }
    }
}
