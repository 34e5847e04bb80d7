using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGKILL = 9, SIGPIPE = 13, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18, SIGSTOP = 19,
        SIGTTIN = 21, SIGTTOU = 22, SIGWINCH = 28, SIGRTMAX = 64;

    public const int SI_KERNEL = 0x80, SI_TKILL = -6;

    private const int SIG_SETMASK = 2;

    /// <summary>siginfo_t: 128 bytes; the first three ints are the same on x86-64 and arm64.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    public struct siginfo_t
    {
        public int si_signo;
        public int si_errno;
        public int si_code;
        private readonly int _pad;

        /// <summary>For SIGCHLD and waitid.</summary>
        public int si_pid;
        public uint si_uid;
        public int si_status;
    }

    /// <summary>sigset_t of the GNU C library: 128 bytes, of which the kernel reads the first 8.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    public struct sigset_t
    {
        public ulong bits;
    }

    [LibraryImport(LibraryName, EntryPoint = "pthread_sigmask")]
    private static unsafe partial int _pthread_sigmask(int how, sigset_t* set, sigset_t* old);

    [LibraryImport(LibraryName, EntryPoint = "sigwaitinfo", SetLastError = true)]
    private static unsafe partial int _sigwaitinfo(sigset_t* set, siginfo_t* info);

    [LibraryImport(LibraryName, EntryPoint = "signal", SetLastError = true)]
    private static partial nint _signal(int signal, nint handler);

    [LibraryImport(LibraryName, EntryPoint = "kill", SetLastError = true)]
    private static partial int _kill(int pid, int signal);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static partial long _pidfd_send_signal(long number, int pidfd, int signal, nint info, uint flags);

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static partial long _pidfd_open(long number, int pid, uint flags);

    /// <summary>Sets the calling thread's mask and returns the old one.</summary>
    public static unsafe sigset_t pthread_sigmask(sigset_t set)
    {
        sigset_t old;
        int errno = _pthread_sigmask(SIG_SETMASK, &set, &old);
        return errno == 0 ? old : throw new SyscallException("pthread_sigmask", errno);
    }

    /// <summary>Waits for one of the (blocked) signals. Returns its number.</summary>
    public static unsafe int sigwaitinfo(sigset_t set, out siginfo_t info)
    {
        fixed (siginfo_t* pointer = &info)
        {
            while (true)
            {
                int signal = _sigwaitinfo(&set, pointer);
                if (signal > 0)
                {
                    return signal;
                }

                if (Marshal.GetLastPInvokeError() != EINTR)
                {
                    throw Failure("sigwaitinfo");
                }
            }
        }
    }

    /// <summary>Sets a signal to SIG_DFL; false for those that cannot be changed.</summary>
    public static bool signal_default(int signal) => _signal(signal, 0) != -1;

    /// <summary>0, or the negative errno.</summary>
    public static int try_kill(int pid, int signal) => _kill(pid, signal) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>0, or the negative errno (ESRCH: already reaped), Linux 5.1.</summary>
    public static int try_pidfd_send_signal(int pidfd, int signal) =>
        _pidfd_send_signal(SYS_pidfd_send_signal, pidfd, signal, 0, 0) == 0 ? 0 : -Marshal.GetLastPInvokeError();

    /// <summary>A pidfd for a process that the caller knows to be the right one; Linux 5.3.</summary>
    public static SafeFileHandle pidfd_open(int pid)
    {
        long fd = _pidfd_open(SYS_pidfd_open, pid, 0);
        return fd >= 0 ? Own((int)fd) : throw Failure("pidfd_open", pid.ToString());
    }
}
