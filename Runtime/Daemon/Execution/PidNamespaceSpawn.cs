using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Starts a child in another's pid namespace: a process can only be born there, not move there.</summary>
internal static class PidNamespaceSpawn
{
    /// <param name="target">A pid namespace fd, or a pidfd of a process in it.</param>
    public static Task<SpawnedProcess> RunAsync(SafeFileHandle target, SpawnRequest request)
    {
        TaskCompletionSource<SpawnedProcess> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // A thread of its own: setns changes where this thread's children are born, and while it is changed the thread cannot create
        // threads (EINVAL), as anything that touches the thread pool may. So it enters, spawns, goes back, and only then answers.
        Thread thread = new(() =>
        {
            SpawnedProcess spawned = default;
            Exception? failure = null;
            try
            {
                using SafeFileHandle own = Libc.open("/proc/thread-self/ns/pid", Libc.O_RDONLY);
                Libc.setns(target.Fd(), Libc.CLONE_NEWPID, "the container's pid namespace");
                try
                {
                    spawned = Spawner.Spawn(request);
                }
                finally
                {
                    Libc.setns(own.Fd(), Libc.CLONE_NEWPID, "the daemon's pid namespace");
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            if (failure is null)
            {
                result.SetResult(spawned);
            }
            else
            {
                result.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "spawn",
        };
        thread.Start();
        return result.Task;
    }
}
