using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution.Supervision;

namespace Rtd.Daemon.Execution;

/// <summary>A process that was started for the daemon, by itself or by the supervisor, and how its end is learnt.</summary>
internal abstract class ChildProcess(int pid, SafeFileHandle pidfd) : IDisposable
{
    /// <summary>On the host.</summary>
    public int Pid { get; } = pid;

    public IoSource Pidfd { get; } = IoLoop.Shared.Register(pidfd);

    /// <summary>Completes when it has been reaped. May be awaited once more after that.</summary>
    public abstract Task<ExitStatus> WaitAsync();

    /// <summary>Has what belongs to it held beyond the daemon's own end. From here on it is not lost.</summary>
    public virtual void Hold(Holding holding)
    {
    }

    /// <summary>One of the fds is closed for good.</summary>
    public virtual void Release(string name)
    {
    }

    /// <summary>Its end is written down, or is of no interest: nobody will ask for it again.</summary>
    public virtual void Forget()
    {
    }

    public void Dispose() => Pidfd.Dispose();
}
