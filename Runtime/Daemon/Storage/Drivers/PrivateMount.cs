using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>Mounts for a moment where nobody else can see it.</summary>
internal static class PrivateMount
{
    private const int CLONE_NEWNS = 0x20000;
    private const ulong MS_REC = 0x4000, MS_PRIVATE = 1 << 18;

    /// <summary>Mounts an overlay in a mount namespace of a thread of its own and calls back with its root. The end of the thread unmounts it.</summary>
    /// <remarks>
    /// Never on a thread of the pool, which would stay in the namespace, nor on the main thread, whose namespace /proc/self shows. mount(2) rather
    /// than fsconfig(2), since the latter takes 256 bytes of options at most and the names of 127 layers are longer.
    /// </remarks>
    /// <param name="directory">Where relative paths in the options start.</param>
    /// <param name="options">Mount data.</param>
    /// <param name="mountPoint">An existing empty directory.</param>
    public static void Overlay(string directory, string options, string mountPoint, Action<SafeFileHandle> use)
    {
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter(directory);
                Check("mount", mountPoint, Libc.try_mount_storage("overlay", mountPoint, "overlay", 0, options));
                using SafeFileHandle root = Libc.open(mountPoint, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
                use(root);
            }
            catch (Exception error)
            {
                failure = ExceptionDispatchInfo.Capture(error);
            }
        })
        { Name = "private mount" };
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>A new mount namespace brings a working directory of its own along (CLONE_NEWNS implies CLONE_FS).</summary>
    private static void Enter(string directory)
    {
        Check("unshare", "mount namespace", Libc.try_unshare_storage(CLONE_NEWNS));
        Check("mount", "/", Libc.try_mount_storage("none", "/", null, MS_REC | MS_PRIVATE, null));
        Check("chdir", directory, Libc.try_chdir_storage(directory));
    }

    private static void Check(string call, string subject, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, subject);
        }
    }
}
