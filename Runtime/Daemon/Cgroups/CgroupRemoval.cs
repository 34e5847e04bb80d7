using Rtd.Daemon.Errors;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Cgroups;

/// <summary>Removes cgroup directories, children first.</summary>
internal static class CgroupRemoval
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Removes what is empty or about to be. EBUSY is tried again with growing pauses: a task leaves its cgroup somewhere inside its exit, after
    /// its pidfd fired, and cgroup v1 has no event for it (release_agent is a host-wide helper program, not ours to take).
    /// </summary>
    public static async Task RemoveAsync(IReadOnlyList<CgroupDirectory> directories, CancellationToken cancellation)
    {
        long start = Environment.TickCount64;
        int pause = 1;
        List<CgroupDirectory> left = directories.Where(directory => !TryRemove(directory)).ToList();
        while (left.Count > 0)
        {
            if (Environment.TickCount64 - start > s_bound.TotalMilliseconds)
            {
                throw EngineException.System($"cgroup {left[0].Path} is still in use: {Holders(left[0])}");
            }

            await Task.Delay(pause, cancellation).ConfigureAwait(false);
            pause = Math.Min(pause * 2, 100);
            left.RemoveAll(TryRemove);
        }
    }

    /// <summary>True when the directory is gone, false when it is busy.</summary>
    public static bool TryRemove(CgroupDirectory directory)
    {
        int status = directory.TryRemove();
        if (status == -Libc.EBUSY)
        {
            bool childrenGone = true;
            foreach (CgroupDirectory child in directory.Children())
            {
                childrenGone &= TryRemove(child);
            }

            status = childrenGone ? directory.TryRemove() : status;
        }

        return status switch
        {
            0 or -Libc.ENOENT => true,
            -Libc.EBUSY => false,
            _ => throw new SyscallException("rmdir", -status, directory.Path),
        };
    }

    private static string Holders(CgroupDirectory directory)
    {
        SortedSet<int> pids = [];
        directory.CollectPids(pids);
        return pids.Count == 0 ? "no process, but the kernel has not let go of it" : $"processes {string.Join(", ", pids.Take(10))}";
    }
}
