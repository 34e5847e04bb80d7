using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const ulong CLONE_VM = 0x100, CLONE_FS = 0x200, CLONE_FILES = 0x400, CLONE_PIDFD = 0x1000, CLONE_VFORK = 0x4000, CLONE_PARENT = 0x8000,
        CLONE_NEWTIME = 0x80, CLONE_NEWNS = 0x20000, CLONE_NEWCGROUP = 0x2000000, CLONE_NEWUTS = 0x4000000, CLONE_NEWIPC = 0x8000000,
        CLONE_NEWUSER = 0x10000000, CLONE_NEWPID = 0x20000000, CLONE_NEWNET = 0x40000000, CLONE_CLEAR_SIGHAND = 0x100000000,
        CLONE_INTO_CGROUP = 0x200000000;

    /// <summary>struct clone_args of <c>linux/sched.h</c> up to Linux 5.7 (88 bytes).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct clone_args
    {
        public ulong flags;
        public ulong pidfd;
        public ulong child_tid;
        public ulong parent_tid;
        public ulong exit_signal;
        public ulong stack;
        public ulong stack_size;
        public ulong tls;
        public ulong set_tid;
        public ulong set_tid_size;
        public ulong cgroup;
    }

    [LibraryImport(LibraryName, EntryPoint = "setns", SetLastError = true)]
    private static partial int _setns(int fd, int nstype);

    [LibraryImport(LibraryName, EntryPoint = "unshare", SetLastError = true)]
    private static partial int _unshare(int flags);

    /// <summary>Joins the namespace of a namespace fd, or several of a process's by its pidfd (Linux 5.8).</summary>
    public static void setns(int fd, ulong nstype, string subject)
    {
        if (_setns(fd, (int)nstype) < 0)
        {
            throw Failure("setns", subject);
        }
    }

    public static void unshare(ulong flags, string subject)
    {
        if (_unshare((int)flags) < 0)
        {
            throw Failure("unshare", subject);
        }
    }
}
