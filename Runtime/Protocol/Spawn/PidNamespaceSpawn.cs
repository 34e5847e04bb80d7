using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Spawn;

/// <summary>Starts a child in another's pid namespace: a process can only be born there, not move there.</summary>
internal static class PidNamespaceSpawn
{
    /// <param name="target">A pid namespace fd, or a pidfd of a process in it.</param>
    public static Task<SpawnedProcess> RunAsync(SafeFileHandle target, SpawnRequest request)
    {
        TaskCompletionSource<SpawnedProcess> result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // A thread of its own: while it is in the other namespace it cannot create threads (EINVAL), as anything that touches the thread
        // pool may. So it enters, spawns, goes back, and only then answers.
        Thread thread = new(() =>
        {
            SpawnedProcess spawned = default;
            Exception? failure = null;
            try
            {
                spawned = RunOnThisThread(target, request);
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
        thread.StartOrThrow();
        return result.Task;
    }

    /// <summary>setns changes where this thread's children are born; it must do nothing else meanwhile.</summary>
    public static SpawnedProcess RunOnThisThread(SafeFileHandle target, SpawnRequest request)
    {
        using SafeFileHandle own = Libc.open("/proc/thread-self/ns/pid", Libc.O_RDONLY);
        Libc.setns(target.Fd(), Libc.CLONE_NEWPID, "the container's pid namespace");
        try
        {
            return Spawner.Spawn(request);
        }
        finally
        {
            Libc.setns(own.Fd(), Libc.CLONE_NEWPID, "the daemon's pid namespace");
        }
    }
}
