using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

/// <summary><c>sys/inotify.h</c>.</summary>
internal static partial class Libc
{
    public const uint IN_MODIFY = 2, IN_IGNORED = 0x8000, IN_Q_OVERFLOW = 0x4000;

    private const int IN_CLOEXEC = 0x80000;

    [LibraryImport(LibraryName, EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int _inotify_init1(int flags);

    [LibraryImport(LibraryName, EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _inotify_add_watch(int fd, string path, uint mask);

    [LibraryImport(LibraryName, EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int _inotify_rm_watch(int fd, int watch);

    public static SafeFileHandle inotify_init1()
    {
        int fd = _inotify_init1(IN_CLOEXEC);
        return fd >= 0 ? Own(fd) : throw Failure("inotify_init1");
    }

    /// <summary>The watch descriptor (the same one for the same inode), or the negative errno (ENOENT: the file is gone).</summary>
    public static int try_inotify_add_watch(int fd, string path, uint mask)
    {
        int watch = _inotify_add_watch(fd, path, mask);
        return watch >= 0 ? watch : -Marshal.GetLastPInvokeError();
    }

    /// <summary>0, or the negative errno (EINVAL: the kernel dropped the watch with its file).</summary>
    public static int try_inotify_rm_watch(int fd, int watch) => _inotify_rm_watch(fd, watch) == 0 ? 0 : -Marshal.GetLastPInvokeError();
}
