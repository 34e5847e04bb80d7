using System.Threading.Tasks.Sources;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>An fd on the <see cref="IoLoop"/>. At most one wait at a time; waiting allocates nothing.</summary>
internal sealed class IoSource : IValueTaskSource, IDisposable
{
    private readonly IoLoop _loop;
    private readonly Lock _gate = new();
    private ManualResetValueTaskSourceCore<bool> _wait = new() { RunContinuationsAsynchronously = true };
    private bool _waiting;
    private bool _woken;
    private bool _disposed;

    internal IoSource(IoLoop loop, ulong id, SafeFileHandle handle)
    {
        _loop = loop;
        Id = id;
        Handle = handle;
    }

    public SafeFileHandle Handle { get; }

    internal ulong Id { get; }

    /// <summary>Completes when the fd can be read, has ended or failed (the next read tells), was <see cref="Interrupt"/>ed, or is disposed.</summary>
    public ValueTask ReadableAsync() => WaitAsync(Libc.EPOLLIN);

    public ValueTask WritableAsync() => WaitAsync(Libc.EPOLLOUT);

    /// <summary>Ends the present wait, or the next one at once.</summary>
    public void Interrupt()
    {
        lock (_gate)
        {
            _woken = true;
            Complete();
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _loop.Remove(this);
            Handle.Dispose();
            Complete();
        }
    }

    void IValueTaskSource.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    internal void Wake()
    {
        lock (_gate)
        {
            Complete();
        }
    }

    private ValueTask WaitAsync(uint events)
    {
        lock (_gate)
        {
            if (_disposed || _woken)
            {
                _woken = false;
                return ValueTask.CompletedTask;
            }

            _wait.Reset();
            _waiting = true;
            _loop.Arm(this, events);
            return new ValueTask(this, _wait.Version);
        }
    }

    private void Complete()
    {
        if (_waiting)
        {
            _waiting = false;
            _woken = false;
            _wait.SetResult(true);
        }
    }
}
