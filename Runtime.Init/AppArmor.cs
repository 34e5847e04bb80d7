using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Has the kernel change to a profile at the next execve of this thread; written to the real procfs only (CVE-2019-16884).</summary>
internal static class AppArmor
{
    public static void ConfineNextExec(int root, string profile)
    {
        if (profile.Length == 0)
        {
            return;
        }

        using SafeFileHandle proc = Libc.openat2(root, "proc", Libc.O_PATH | Libc.O_DIRECTORY, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_SYMLINKS);
        if (Libc.fstatfs_type(proc.Fd()) != Libc.PROC_SUPER_MAGIC)
        {
            throw new InitException(Libc.EINVAL, "/proc is not a procfs");
        }

        // The main thread has the process's number, and is the one that execs.
        string path = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}/attr/apparmor/exec");
        using SafeFileHandle file = Libc.openat2(proc.Fd(), path, Libc.O_WRONLY, 0, Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_XDEV);
        Libc.write_all(file.Fd(), Encoding.UTF8.GetBytes($"exec {profile}"), $"AppArmor profile {profile}");
    }
}
