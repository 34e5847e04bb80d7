using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups;

/// <summary>Kills the processes of a cgroup pid by pid, for kernels without cgroup.kill (v1; v2 before Linux 5.14).</summary>
internal static class CgroupKill
{
    /// <summary>A process that forks faster than we read can be ahead of any number of rounds; the callers stop forks first, so few are needed.</summary>
    private const int MaximumRounds = 1000;

    /// <summary>SIGKILL to all, until a round finds no process that has not had its signal.</summary>
    public static void Rounds(Func<IEnumerable<int>> pids)
    {
        HashSet<int> signalled = [];
        for (int round = 0; round < MaximumRounds; round++)
        {
            bool found = false;
            foreach (int pid in pids())
            {
                if (signalled.Add(pid))
                {
                    found = true;
                    Kill(pid);
                }
            }

            if (!found)
            {
                return;
            }
        }
    }

    private static void Kill(int pid)
    {
        int status = Libc.try_kill(pid, Libc.SIGKILL);
        if (status < 0 && status != -Libc.ESRCH)
        {
            throw new SyscallException("kill", -status, pid.ToString());
        }
    }
}
