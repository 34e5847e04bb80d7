using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Processes;

/// <summary>A process that is not our child (a former daemon started it, or a container did): its end is seen by pidfd and its exit code is lost.</summary>
internal static class LeftoverProcess
{
    private const int KillTimeoutMilliseconds = 10_000;

    /// <summary>Kills the process if it still is the one that was noted, and waits for its end. Returns false when it was gone.</summary>
    public static async Task<bool> KillAsync(ProcessIdentity identity)
    {
        using SafeFileHandle? process = Open(identity);
        if (process is null || Libc.try_pidfd_send_signal(process.Fd(), Libc.SIGKILL) < 0)
        {
            return false;
        }

        await Task.Run(() => Libc.poll_readable(process.Fd(), KillTimeoutMilliseconds));
        return true;
    }

    /// <summary>Sends a signal to the process if it still is the one that was noted; false when it was gone.</summary>
    public static bool Signal(ProcessIdentity identity, int signal)
    {
        using SafeFileHandle? process = Open(identity);
        return process is not null && Libc.try_pidfd_send_signal(process.Fd(), signal) == 0;
    }

    /// <summary>The start time is looked at after the pidfd is open: from then on the pid cannot become another process.</summary>
    private static SafeFileHandle? Open(ProcessIdentity identity)
    {
        SafeFileHandle? process = null;
        try
        {
            process = Libc.pidfd_open(identity.Pid);
            if (ProcessStat.Identify(identity.Pid) == identity)
            {
                return process;
            }
        }
        catch (SyscallException gone) when (gone.Errno is Libc.ESRCH or Libc.EINVAL)
        {
            return null;
        }

        process.Dispose();
        return null;
    }
}
