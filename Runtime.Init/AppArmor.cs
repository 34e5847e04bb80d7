using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Has the kernel change to a profile at the next execve of this thread, or of a child that it has from now on.</summary>
internal static class AppArmor
{
    /// <param name="root">A container's root, which is not trusted to have the real procfs (CVE-2019-16884).</param>
    /// <param name="profile">Its name, or empty for none.</param>
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
        Write(file, profile);
    }

    /// <summary>While the host's procfs is at /proc.</summary>
    /// <param name="profile">Its name, or empty for none.</param>
    public static void ConfineNextExec(string profile)
    {
        if (profile.Length > 0)
        {
            using SafeFileHandle file = Libc.open("/proc/thread-self/attr/apparmor/exec", Libc.O_WRONLY);
            Write(file, profile);
        }
    }

    private static void Write(SafeFileHandle file, string profile) => Libc.write_all(file.Fd(), Encoding.UTF8.GetBytes($"exec {profile}"), $"AppArmor profile {profile}");
}
