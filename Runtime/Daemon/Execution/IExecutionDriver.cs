using Rtd.Daemon.Execution.Supervision;

namespace Rtd.Daemon.Execution;

/// <summary>The exec driver: what turns a spec into running processes. The names are the classic ones.</summary>
internal interface IExecutionDriver
{
    /// <summary>
    /// Starts a container: clone, cgroup placement, spec and network state down the sync socket, exec. It returns after execve succeeded;
    /// a failure of any step throws <see cref="StartException"/> and leaves nothing behind (process reaped, cgroup removed).
    /// </summary>
    Task<IContainerProcess> RunAsync(ContainerLaunch launch, CancellationToken cancellation);

    /// <summary>Starts another process in a running container.</summary>
    Task<IContainerProcess> ExecAsync(ExecLaunch launch, CancellationToken cancellation);

    /// <summary>Takes over a process that has outlived the daemon that started it.</summary>
    /// <param name="spool">Where its output was drained to.</param>
    IContainerProcess TakeOver(HeldProcess process, IOutputSink output, string spool, Action? onReaped);
}
