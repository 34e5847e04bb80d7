using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>Mounts for a moment where nobody else can see it.</summary>
internal static class PrivateMount
{
    /// <summary>The root of an overlay that nothing but the fd leads to; it is unmounted when the fd, and those opened through it, are closed.</summary>
    /// <param name="directory">Where relative paths in the options start.</param>
    /// <param name="options">Mount data.</param>
    /// <param name="mountPoint">An existing empty directory.</param>
    public static SafeFileHandle Open(string directory, string options, string mountPoint)
    {
        SafeFileHandle? opened = null;
        Overlay(directory, options, mountPoint, root => opened = Libc.openat(root.Fd(), ".\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, mountPoint));
        return opened!;
    }

    /// <summary>Mounts an overlay in a mount namespace of a thread of its own and calls back with its root. The end of the thread unmounts it.</summary>
    /// <remarks>
    /// Never on a thread of the pool, which would stay in the namespace, nor on the main thread, whose namespace /proc/self shows. mount(2) rather
    /// than fsconfig(2), since the latter takes 256 bytes of options at most and the names of 127 layers are longer. The callback starts no
    /// tasks: a thread that the pool makes on its behalf would inherit the namespace.
    /// </remarks>
    /// <param name="directory">Where relative paths in the options start.</param>
    /// <param name="options">Mount data.</param>
    /// <param name="mountPoint">An existing empty directory.</param>
    /// <param name="remapping">Maps the ids of the layers; null leaves them as they are on the disk.</param>
    public static void Overlay(string directory, string options, string mountPoint, Action<SafeFileHandle> use, Remapping? remapping = null)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(directory, remapping);

                // overlayfs works in the layers as who mounted it, and on mapped mounts only who is mapped can make files.
                using AsRoot owner = AsRoot.Of(remapping?.Maps);
                Libc.mount("overlay", mountPoint, "overlay", 0, options);
                using SafeFileHandle root = Libc.open(mountPoint, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
                use(root);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        { Name = "private mount" };
        thread.StartOrThrow();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>A new mount namespace brings a working directory of its own along (CLONE_NEWNS implies CLONE_FS).</summary>
    private static void Enter(string directory, Remapping? remapping)
    {
        Libc.unshare(Libc.CLONE_NEWNS, "mount namespace");
        Libc.mount(null, "/", null, Libc.MS_REC | Libc.MS_PRIVATE, null);
        if (remapping is not null)
        {
            // Over the directory itself: all layers are in it, and to overlayfs upper and work directory must be of one mount.
            using SafeFileHandle mapped = MappedMount.Open(directory, remapping.Namespace);
            using SafeFileHandle target = Libc.open(directory, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
            Libc.move_mount(mapped.Fd(), target.Fd(), directory);
        }

        Libc.chdir(directory);
    }
}
