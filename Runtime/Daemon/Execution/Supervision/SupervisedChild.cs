using Microsoft.Win32.SafeHandles;

namespace Rtd.Daemon.Execution.Supervision;

/// <summary>A process whose parent is the supervisor.</summary>
internal sealed class SupervisedChild : ChildProcess
{
    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SupervisorLink _supervisor;

    public SupervisedChild(SupervisorLink supervisor, ulong id, int pid, SafeFileHandle pidfd)
        : base(pid, pidfd)
    {
        _supervisor = supervisor;
        Id = id;
    }

    /// <summary>The supervisor's number for it; changes when that has died and another one has taken over.</summary>
    public ulong Id { get; set; }

    /// <summary>As last held; null before.</summary>
    public Holding? Held { get; private set; }

    public bool HasExited => _exited.Task.IsCompleted;

    public override Task<ExitStatus> WaitAsync() => _exited.Task;

    public void SetExited(ExitStatus status) => _exited.TrySetResult(status);

    /// <summary>A former daemon had it held already.</summary>
    public void AlreadyHeld(Holding holding) => Held = holding;

    public override void Hold(Holding holding)
    {
        Held = holding;
        _supervisor.Hold(this, holding);
    }

    public override void Release(string name)
    {
        if (Held is { } held)
        {
            Held = held with { Fds = [.. held.Fds.Where(fd => fd.Name != name)] };
            _supervisor.Release(this, name);
        }
    }

    public override void Forget() => _supervisor.Forget(this);
}
