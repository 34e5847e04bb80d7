using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Joins namespaces of others. User namespaces are never joined here: the runtime's second thread forbids it.</summary>
internal static class Namespaces
{
    /// <summary>Namespaces of another container or of the host, by fds from the daemon.</summary>
    public static void Join(IReadOnlyList<int> kinds, IReadOnlyList<SafeFileHandle> fds)
    {
        for (int i = 0; i < kinds.Count; i++)
        {
            Libc.setns(fds[i].Fd(), (uint)kinds[i], $"namespace 0x{kinds[i]:x}");
        }
    }

    /// <summary>All of a process's at once, by its pidfd.</summary>
    public static void JoinProcess(SafeFileHandle pidfd, ulong kinds)
    {
        // A mount namespace is refused to a thread that shares its root and working directory with others.
        Libc.unshare(Libc.CLONE_FS, "file system information");
        Libc.setns(pidfd.Fd(), kinds, "the container's namespaces");
    }
}
