using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary><c>--init</c>: stays as pid 1, starts the command, hands signals on, reaps orphans, and ends with the command's exit code.</summary>
internal static class Reaper
{
    public static void Run(SyncSocket sync, string command, IReadOnlyList<string> arguments, IReadOnlyList<string> environment)
    {
        Libc.pthread_sigmask(new Libc.sigset_t { bits = ulong.MaxValue });
        SpawnedProcess child;
        try
        {
            child = Spawner.Spawn(new SpawnRequest
            {
                ExecutableFd = Libc.AT_FDCWD,
                Path = command,
                Arguments = arguments,
                Environment = environment,

                // The container's filter is in force already, and it makes clone3 look absent.
                AvoidClone3 = true,
            });
        }
        catch (SyscallException failure)
        {
            throw new InitException(failure.Errno, $"exec {command}: {Libc.strerror(failure.Errno)}");
        }

        sync.Close();
        Libc.close_range(3, (uint)child.Pidfd.Fd() - 1, 0);
        Libc.close_range((uint)child.Pidfd.Fd() + 1, uint.MaxValue, 0);
        Environment.Exit(Attend(child));
    }

    private static int Attend(SpawnedProcess child)
    {
        Libc.sigset_t all = new() { bits = ulong.MaxValue };
        using SafeFileHandle pidfd = child.Pidfd;
        while (true)
        {
            int signal = Libc.sigwaitinfo(all, out Libc.siginfo_t info);
            if (signal == Libc.SIGCHLD)
            {
                while (Libc.waitid_any() is { } ended)
                {
                    if (ended.Pid == child.Pid)
                    {
                        return ended.ExitCode;
                    }
                }
            }
            else if (info.si_code is not (Libc.SI_KERNEL or Libc.SI_TKILL))
            {
                // What the terminal sent (SI_KERNEL) has gone to the whole foreground group already; SI_TKILL is the runtime talking to itself.
                Libc.try_pidfd_send_signal(pidfd.Fd(), signal);
            }
        }
    }
}
