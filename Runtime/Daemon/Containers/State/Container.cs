using System.Collections.Immutable;
using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Containers.Streams;

namespace Rtd.Daemon.Containers.State;

/// <summary>One container: an identity, the record that readers see, and the queue of those who change it.</summary>
/// <remarks>
/// Readers take <see cref="Record"/> and <see cref="Run"/> at any time without waiting. Whoever changes them holds <see cref="Queue"/>;
/// there is no lock over several containers.
/// </remarks>
internal sealed class Container(ContainerRecord record)
{
    private readonly Lock _waiterGate = new();
    private ImmutableList<TaskCompletionSource<int>> _exitWaiters = [];
    private ImmutableList<TaskCompletionSource<int>> _removalWaiters = [];
    private volatile ContainerRecord _record = record;
    private volatile ContainerRun? _run;
    private volatile ProcessStreams _streams = new(record.Config.Tty);
    private volatile bool _removed;

    public string Id { get; } = record.Id;

    /// <summary>Changes wait here for each other.</summary>
    public AsyncLock Queue { get; } = new();

    public ContainerRecord Record => _record;

    public ContainerState State => _record.State;

    /// <summary>Set while there is a process.</summary>
    public ContainerRun? Run => _run;

    /// <summary>The streams of the present run, or of the next one.</summary>
    public ProcessStreams Streams => _streams;

    /// <summary>Who is in its root from outside, copying files.</summary>
    public RootVisits Visits { get; } = new();

    /// <summary>It is gone for good; whoever still holds the object treats it as not found.</summary>
    public bool IsRemoved => _removed;

    /// <summary>Ends the pause before a restart by policy; in <see cref="Queue"/> only.</summary>
    public CancellationTokenSource? PendingRestart { get; set; }

    /// <summary>Ends the health checks of the present run; null while none are made; in <see cref="Queue"/> only.</summary>
    public CancellationTokenSource? HealthChecks { get; set; }

    /// <summary>The pause before the next restart by policy; in <see cref="Queue"/> only.</summary>
    public TimeSpan RestartDelay { get; set; }

    /// <summary>A restart stops it only to start it: --rm does not apply; in <see cref="Queue"/> only.</summary>
    public bool RestartRequested { get; set; }

    public void SetRecord(ContainerRecord record) => _record = record;

    public void SetState(ContainerState state) => _record = _record with { State = state };

    public void SetRun(ContainerRun? run) => _run = run;

    /// <summary>Takes the streams of the run that is over, so that whoever attaches now gets those of the next.</summary>
    public ProcessStreams ReplaceStreams()
    {
        ProcessStreams old = _streams;
        _streams = new ProcessStreams(old.Tty);
        return old;
    }

    /// <summary>Completes with an exit code when the condition is met; at once when it already is.</summary>
    public Task<int> WaitAsync(WaitCondition condition, CancellationToken cancellation)
    {
        TaskCompletionSource<int> waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_waiterGate)
        {
            if (_removed || (condition == WaitCondition.NotRunning && !State.Running))
            {
                return Task.FromResult(State.ExitCode);
            }

            if (condition == WaitCondition.Removed)
            {
                _removalWaiters = _removalWaiters.Add(waiter);
            }
            else
            {
                _exitWaiters = _exitWaiters.Add(waiter);
            }
        }

        return AwaitAsync(waiter, cancellation);
    }

    /// <summary>Records an end (exited or restarting) and tells those who wait for one.</summary>
    public void SetEnded(ContainerRecord record)
    {
        ImmutableList<TaskCompletionSource<int>> waiters;
        lock (_waiterGate)
        {
            _record = record;
            _run = null;
            (waiters, _exitWaiters) = (_exitWaiters, []);
        }

        waiters.ForEach(waiter => waiter.TrySetResult(record.State.ExitCode));
    }

    public void SetRemoved()
    {
        ImmutableList<TaskCompletionSource<int>> waiters;
        lock (_waiterGate)
        {
            _removed = true;
            waiters = _exitWaiters.AddRange(_removalWaiters);
            (_exitWaiters, _removalWaiters) = ([], []);
        }

        waiters.ForEach(waiter => waiter.TrySetResult(State.ExitCode));
    }

    private async Task<int> AwaitAsync(TaskCompletionSource<int> waiter, CancellationToken cancellation)
    {
        try
        {
            return await waiter.Task.WaitAsync(cancellation);
        }
        finally
        {
            lock (_waiterGate)
            {
                _exitWaiters = _exitWaiters.Remove(waiter);
                _removalWaiters = _removalWaiters.Remove(waiter);
            }
        }
    }
}
