using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int P_PIDFD = 3, WNOHANG = 1, WEXITED = 4;

    private const int CLD_EXITED = 1, CLD_KILLED = 2, CLD_DUMPED = 3, P_ALL = 0, P_PID = 1, WSTOPPED = 2, WNOWAIT = 0x1000000, WALL = 0x40000000;

    [LibraryImport(LibraryName, EntryPoint = "waitid", SetLastError = true)]
    private static unsafe partial int _waitid(int idtype, uint id, siginfo_t* info, int options);

    /// <summary>Reaps the child of a pidfd. Returns its exit code (128 + signal when killed), or null while it runs.</summary>
    public static unsafe int? waitid_pidfd(int pidfd, bool block)
    {
        siginfo_t info = default;
        while (_waitid(P_PIDFD, (uint)pidfd, &info, WEXITED | WALL | (block ? 0 : WNOHANG)) < 0)
        {
            if (Marshal.GetLastPInvokeError() != EINTR)
            {
                throw Failure("waitid", $"pidfd {pidfd}");
            }
        }

        return info.si_pid == 0 ? null : ExitCode(info);
    }

    /// <summary>Reaps any child, for a pid 1 only: the pid and exit code, or null when there is none to reap now.</summary>
    public static unsafe (int Pid, int ExitCode)? waitid_any()
    {
        siginfo_t info = default;
        while (_waitid(P_ALL, 0, &info, WEXITED | WALL | WNOHANG) < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno == ECHILD)
            {
                return null;
            }

            if (errno != EINTR)
            {
                throw Failure("waitid");
            }
        }

        return info.si_pid == 0 ? null : (info.si_pid, ExitCode(info));
    }

    /// <summary>
    /// Waits until a process that this thread traces stops. Returns the signal, with the ptrace event in the second byte, or null when it has ended;
    /// its end stays there for its parent.
    /// </summary>
    public static unsafe int? waitid_stopped(int pid)
    {
        siginfo_t info = default;
        while (_waitid(P_PID, (uint)pid, &info, WSTOPPED | WEXITED | WNOWAIT | WALL) < 0)
        {
            switch (Marshal.GetLastPInvokeError())
            {
                case EINTR:
                    continue;
                case ECHILD:
                    return null;
                default:
                    throw Failure("waitid", $"pid {pid}");
            }
        }

        if (info.si_code is CLD_EXITED or CLD_KILLED or CLD_DUMPED)
        {
            return null;
        }

        int stop = info.si_status;
        info = default;
        _ = _waitid(P_PID, (uint)pid, &info, WSTOPPED | WNOHANG | WALL); // takes the report of the stop, which is still there after WNOWAIT
        return stop;
    }

    /// <summary>
    /// How a process ended that is not the caller's to reap, once its parent has reaped it: Linux 6.15. Null where that cannot be had (yet).
    /// </summary>
    public static unsafe int? pidfd_exit_code(int pidfd)
    {
        const ulong PIDFD_INFO_EXIT = 8;
        const nuint PIDFD_GET_INFO = 0xC040FF0B;
        pidfd_info info = new() { mask = PIDFD_INFO_EXIT };
        if (_ioctl(pidfd, PIDFD_GET_INFO, (nint)(&info)) != 0 || (info.mask & PIDFD_INFO_EXIT) == 0)
        {
            return null;
        }

        int signal = info.exit_code & 0x7f;
        return signal == 0 ? (info.exit_code >> 8) & 0xff : 128 + signal;
    }

    /// <summary>struct pidfd_info of linux/pidfd.h, first version.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct pidfd_info
    {
        [FieldOffset(0)]
        public ulong mask;

        [FieldOffset(60)]
        public int exit_code;
    }

    private static int ExitCode(in siginfo_t info) => info.si_code == CLD_EXITED ? info.si_status : 128 + (info.si_status & 0x7f);
}
