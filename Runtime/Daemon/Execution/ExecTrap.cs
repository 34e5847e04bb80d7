using Rtd.Protocol.Spawn;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Stops a process between its execve and the first instruction of the new program.</summary>
/// <remarks>ptrace belongs to a thread, so the trap has one. Should the daemon die meanwhile, the process is killed with it.</remarks>
internal sealed class ExecTrap : IDisposable
{
    private readonly TaskCompletionSource _set = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _caught = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _end = new();
    private readonly int _pid;
    private volatile bool _released;

    private ExecTrap(int pid) => _pid = pid;

    /// <summary>Completes when the process is stopped in its new program; fails when it has ended instead.</summary>
    public Task Caught => _caught.Task;

    /// <param name="pid">Not stopped, and nobody else's tracee.</param>
    public static async Task<ExecTrap> SetAsync(int pid)
    {
        ExecTrap trap = new(pid);
        new Thread(trap.Run) { IsBackground = true, Name = "exec trap" }.StartOrThrow();
        await trap._set.Task;
        return trap;
    }

    /// <summary>Lets the process run.</summary>
    public void Release()
    {
        _released = true;
        _end.Set();
    }

    /// <summary>Kills a process that was caught and not released; one that was not caught yet is the caller's to kill, which ends the trap too.</summary>
    public void Dispose() => _end.Set();

    private void Run()
    {
        try
        {
            Libc.ptrace_seize_for_exec(_pid);
            _set.SetResult();
            Catch();
            _caught.SetResult();
            _end.Wait();
            if (_released)
            {
                Libc.ptrace_detach(_pid);
            }
        }
        catch (Exception failure)
        {
            if (!_set.TrySetException(failure))
            {
                _caught.TrySetException(failure);
                _ = _caught.Task.Exception; // who has given up does not look at it
            }
        }
    }

    private void Catch()
    {
        while (Libc.waitid_stopped(_pid) is { } stop)
        {
            int happened = stop >> 8;
            if (happened == Libc.PTRACE_EVENT_EXEC)
            {
                return;
            }

            // A signal on its way to it, or a group stop.
            if (!Libc.ptrace_cont(_pid, happened == 0 ? stop : 0))
            {
                break;
            }
        }

        throw new StartException("execve", Libc.ESRCH, "the process ended before it became its command", 126);
    }
}
