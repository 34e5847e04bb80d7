using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Containers.Execs;

/// <summary>One exec: a command to run in a container, once.</summary>
internal sealed class ExecInstance(Container container, ExecCreateRequest request)
{
    private volatile ExecState _state = ExecState.New;
    private long? _endedAt;
    private int _started;

    public string Id { get; init; } = RandomId.Create();

    public Container Container { get; } = container;

    public ExecCreateRequest Request { get; } = request;

    public ProcessStreams Streams { get; } = new(request.Tty);

    /// <summary>Takes the output in the place of <see cref="Streams"/>, for an exec that no client attaches to.</summary>
    public IOutputSink? Capture { get; init; }

    public ExecState State => _state;

    /// <summary>Somebody has started it.</summary>
    public bool HasBegun => Volatile.Read(ref _started) != 0;

    /// <summary>Since it ended, by a clock that nobody sets; null while it has not.</summary>
    public TimeSpan? EndedFor => _state.Ended is null || _endedAt is not { } ended ? null : TimeSpan.FromMilliseconds(Environment.TickCount64 - ended);

    public void SetState(ExecState state)
    {
        _endedAt = state.Ended is null ? null : Environment.TickCount64;
        _state = state;
    }

    /// <summary>True for the one caller that may start it.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _started, 1) == 0;
}
