using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int PTRACE_EVENT_EXEC = 4, PTRACE_EVENT_STOP = 128;

    private const nint PTRACE_CONT = 7, PTRACE_DETACH = 17, PTRACE_SEIZE = 0x4206, PTRACE_O_TRACEEXEC = 0x10, PTRACE_O_EXITKILL = 0x100000;

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static partial long _ptrace(long number, nint request, nint pid, nint address, nint data);

    /// <summary>Traces a process, which runs on: it will stop at the end of its execve, and is killed should the calling thread end before.</summary>
    /// <remarks>All calls for it are the calling thread's to make, and <see cref="waitid_stopped"/> too.</remarks>
    public static void ptrace_seize_for_exec(int pid)
    {
        if (_ptrace(SYS_ptrace, PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) < 0)
        {
            throw Failure("ptrace", $"seize {pid}");
        }
    }

    /// <summary>Lets a stopped process go on, with a signal or with 0. False when it is not there any more.</summary>
    public static bool ptrace_cont(int pid, int signal) => ResumeBy(PTRACE_CONT, pid, signal);

    /// <summary>Lets a stopped process go on untraced. False when it is not there any more.</summary>
    public static bool ptrace_detach(int pid) => ResumeBy(PTRACE_DETACH, pid, 0);

    private static bool ResumeBy(nint request, int pid, int signal)
    {
        if (_ptrace(SYS_ptrace, request, pid, 0, signal) >= 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == ESRCH ? false : throw Failure("ptrace", $"request {request} for {pid}");
    }
}
