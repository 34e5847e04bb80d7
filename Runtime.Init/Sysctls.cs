using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Writes sysctls through the procfs that was just mounted, and only that (CVE-2025-52881).</summary>
internal static class Sysctls
{
    public static void Write(Rootfs rootfs, IReadOnlyList<SysctlSpec> sysctls)
    {
        if (sysctls.Count == 0)
        {
            return;
        }

        using SafeFileHandle proc = Libc.openat2(rootfs.Fd, "proc", Libc.O_PATH | Libc.O_DIRECTORY, 0, Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_SYMLINKS);
        if (Libc.fstatfs_type(proc.Fd()) != Libc.PROC_SUPER_MAGIC)
        {
            throw new InitException(Libc.EINVAL, "/proc is not a procfs");
        }

        foreach (SysctlSpec sysctl in sysctls)
        {
            string path = "sys/" + PathOf(sysctl.Name);
            using SafeFileHandle file = Libc.openat2(proc.Fd(), path, Libc.O_WRONLY, 0, Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_XDEV);
            Libc.write_all(file.Fd(), Encoding.UTF8.GetBytes(sysctl.Value), sysctl.Name);
        }
    }

    /// <summary>As sysctl(8) reads the dotted form: a slash stands for a dot within a name (<c>net.ipv4.conf.eth0/1.forwarding</c>).</summary>
    private static string PathOf(string name) => string.Create(name.Length, name, static (path, dotted) =>
    {
        for (int i = 0; i < path.Length; i++)
        {
            path[i] = dotted[i] switch { '.' => '/', '/' => '.', char other => other };
        }
    });
}
