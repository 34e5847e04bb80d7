using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Namespaces;

/// <summary>A container's network namespace, held by an fd: it cannot become somebody else's, as a pid can.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private NetworkNamespace(SafeFileHandle handle) => Handle = handle;

    public SafeFileHandle Handle { get; }

    /// <param name="pid">A process that is alive, or whose life the caller checks after the call.</param>
    public static NetworkNamespace Open(int pid) => new(Libc.open($"/proc/{pid}/ns/net", Libc.O_RDONLY));

    /// <summary>Another hold of the same namespace, with a life of its own.</summary>
    public NetworkNamespace Duplicate() => new(Libc.open($"/proc/self/fd/{Handle.Fd()}", Libc.O_RDONLY));

    /// <summary>Runs system calls inside, on a thread of its own.</summary>
    /// <remarks>
    /// The action must not touch the thread pool, log, or start anything asynchronous: a thread that is created from here would be born in the
    /// container's namespace and stay there. The thread goes back before it answers, for the same reason.
    /// </remarks>
    public Task<T> RunAsync<T>(Func<T> action)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Thread thread = new(() =>
        {
            T? value = default;
            Exception? failure = null;
            try
            {
                using SafeFileHandle own = Libc.open("/proc/thread-self/ns/net", Libc.O_RDONLY);
                Libc.setns(Handle.Fd(), Libc.CLONE_NEWNET, "the container's network namespace");
                try
                {
                    value = action();
                }
                finally
                {
                    Libc.setns(own.Fd(), Libc.CLONE_NEWNET, "the daemon's network namespace");
                }
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            if (failure is null)
            {
                result.SetResult(value!);
            }
            else
            {
                result.SetException(failure);
            }
        })
        {
            IsBackground = true,
            Name = "netns",
        };
        thread.StartOrThrow();
        return result.Task;
    }

    public void Dispose() => Handle.Dispose();
}
