using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>The user namespace of a process.</summary>
internal static class ProcessNamespace
{
    /// <summary>
    /// The user namespace of a process that has not been reaped; null when it is the daemon's own. What a container runs in is asked of the kernel
    /// rather than written down: the setting may have changed since it was started.
    /// </summary>
    /// <exception cref="SyscallException">The process is gone.</exception>
    public static SafeFileHandle? Open(int pid)
    {
        SafeFileHandle handle = Libc.open($"/proc/{pid}/ns/user", Libc.O_RDONLY);
        if (Inode(handle) == Own)
        {
            handle.Dispose();
            return null;
        }

        return handle;
    }

    /// <summary>Whether a process is in a user namespace.</summary>
    public static bool Contains(SafeFileHandle userNamespace, int pid)
    {
        using SafeFileHandle handle = Libc.open($"/proc/{pid}/ns/user", Libc.O_RDONLY);
        return AreSame(handle, userNamespace);
    }

    public static bool AreSame(SafeFileHandle one, SafeFileHandle other) => Inode(one) == Inode(other);

    /// <summary>The ids of a process's user namespace; null when it is the daemon's own.</summary>
    /// <exception cref="SyscallException">The process is gone.</exception>
    public static IdMaps? MapsOf(int pid)
    {
        using SafeFileHandle? other = Open(pid);
        return other is null ? null : new IdMaps(IdMap.Parse(File.ReadLines($"/proc/{pid}/uid_map")), IdMap.Parse(File.ReadLines($"/proc/{pid}/gid_map")));
    }

    private static ulong Own { get; } = OwnInode();

    private static ulong OwnInode()
    {
        using SafeFileHandle own = Libc.open("/proc/self/ns/user", Libc.O_RDONLY);
        return Inode(own);
    }

    private static ulong Inode(SafeFileHandle userNamespace) => Libc.fstat(userNamespace.Fd(), "user namespace").stx_ino;
}
