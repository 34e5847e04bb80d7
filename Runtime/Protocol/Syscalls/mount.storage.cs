using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    [LibraryImport(LibraryName, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _mount_storage(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport(LibraryName, EntryPoint = "unshare", SetLastError = true)]
    private static partial int _unshare_storage(int flags);

    [LibraryImport(LibraryName, EntryPoint = "chdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int _chdir_storage(string path);

    /// <summary>mount(2); returns 0 or the negative errno.</summary>
    public static int try_mount_storage(string source, string target, string? type, ulong flags, string? data) => // shared: mount
        Result(_mount_storage(source, target, type, flags, data));

    /// <summary>unshare(2) for the calling thread; returns 0 or the negative errno.</summary>
    public static int try_unshare_storage(int flags) => Result(_unshare_storage(flags)); // shared: unshare

    /// <summary>chdir(2); affects only the calling thread once it has unshared CLONE_FS. Returns 0 or the negative errno.</summary>
    public static int try_chdir_storage(string path) => Result(_chdir_storage(path)); // shared: chdir
}
