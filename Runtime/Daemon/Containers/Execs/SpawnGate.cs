namespace Rtd.Daemon.Containers.Execs;

/// <summary>Keeps the spawning of processes in a container and the freezing of it apart.</summary>
/// <remarks>
/// On cgroup v2 a clone is born in the container's cgroup, and the daemon's thread waits for it uninterruptibly until it executes rtinit: a freeze
/// at that moment would stop the clone, and with it the thread.
/// </remarks>
internal sealed class SpawnGate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _closed;
    private TaskCompletionSource? _empty;
    private int _inside;

    /// <summary>Waits while the gate is closed; one is inside until the result is disposed.</summary>
    public async Task<Pass> EnterAsync()
    {
        while (true)
        {
            Task opened;
            lock (_gate)
            {
                if (_closed is null)
                {
                    _inside++;
                    return new Pass(this);
                }

                opened = _closed.Task;
            }

            await opened;
        }
    }

    /// <summary>Lets nobody in any more, and waits until nobody is inside. The gate opens again when the result is disposed. One may close it at a time.</summary>
    /// <exception cref="TimeoutException">Somebody stays inside; the gate is open again.</exception>
    public async Task<Closure> CloseAsync(TimeSpan patience)
    {
        TaskCompletionSource empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _empty = empty;
            if (_inside == 0)
            {
                empty.SetResult();
            }
        }

        try
        {
            await empty.Task.WaitAsync(patience);
            return new Closure(this);
        }
        catch (TimeoutException)
        {
            Open();
            throw;
        }
    }

    private void Leave()
    {
        lock (_gate)
        {
            if (--_inside == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    private void Open()
    {
        lock (_gate)
        {
            _closed?.TrySetResult();
            (_closed, _empty) = (null, null);
        }
    }

    /// <summary>A stay inside.</summary>
    internal readonly struct Pass(SpawnGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }

    /// <summary>The time during which the gate is closed.</summary>
    internal readonly struct Closure(SpawnGate gate) : IDisposable
    {
        public void Dispose() => gate.Open();
    }
}
