using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Tests.Integration.Networking;

/// <summary>
/// A thread of its own in another network namespace, with a message loop: awaits that begin on it go on on it, so a whole service can
/// live there while the test process stays where it is.
/// </summary>
internal sealed class NamespaceThread : SynchronizationContext, IDisposable
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _startFailure;

    private NamespaceThread(Action enter)
    {
        using ManualResetEventSlim entered = new();
        _thread = new Thread(() => Loop(enter, entered)) { IsBackground = true, Name = "network namespace" };
        _thread.Start();
        entered.Wait();
        _startFailure?.Throw();
    }

    /// <summary>In a fresh namespace, with nothing but lo.</summary>
    public static NamespaceThread New() => new(() => Libc.unshare(Libc.CLONE_NEWNET, "network namespace"));

    /// <summary>In the namespace of a process.</summary>
    public static NamespaceThread Of(int pid) => new(() =>
    {
        using SafeFileHandle ns = Libc.open($"/proc/{pid}/ns/net", Libc.O_RDONLY);
        Libc.setns(ns.Fd(), Libc.CLONE_NEWNET, $"pid {pid}");
    });

    /// <summary>In the namespace of another such thread.</summary>
    public static async Task<NamespaceThread> BesideAsync(NamespaceThread other)
    {
        using SafeFileHandle ns = await other.RunAsync(() => Libc.open("/proc/thread-self/ns/net", Libc.O_RDONLY));
        return new NamespaceThread(() => Libc.setns(ns.Fd(), Libc.CLONE_NEWNET, "network namespace"));
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The host is no more: what comes after its end has nowhere to run.
        }
    }

    public Task<T> RunAsync<T>(Func<Task<T>> action)
    {
        TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async _ =>
        {
            try
            {
                result.SetResult(await action());
            }
            catch (Exception e)
            {
                result.SetException(e);
            }
        }, null);
        return result.Task;
    }

    public Task RunAsync(Func<Task> action) => RunAsync(async () =>
    {
        await action();
        return true;
    });

    public Task<T> RunAsync<T>(Func<T> action) => RunAsync(() => Task.FromResult(action()));

    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private void Loop(Action enter, ManualResetEventSlim entered)
    {
        try
        {
            enter();
        }
        catch (Exception e)
        {
            _startFailure = ExceptionDispatchInfo.Capture(e);
            _queue.CompleteAdding();
        }

        SetSynchronizationContext(this);
        entered.Set();
        foreach ((SendOrPostCallback callback, object? state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
        }
    }
}
