using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Execution.Supervision;

namespace Rtd.Daemon.Execution;

/// <summary>Starts a container by the runtime that it asks for. Execs are always our own: they need only a process to join.</summary>
internal sealed class RuntimeSelection(NativeExecutionDriver native, OciExecutionDriver others) : IExecutionDriver
{
    public Task<IContainerProcess> RunAsync(ContainerLaunch launch, CancellationToken cancellation) =>
        launch.Oci is null ? native.RunAsync(launch, cancellation) : others.RunAsync(launch, cancellation);

    /// <summary>Only processes that were started by our own outlive a daemon.</summary>
    public IContainerProcess TakeOver(HeldProcess process, IOutputSink output, string spool, Action? onReaped) => native.TakeOver(process, output, spool, onReaped);

    public Task<IContainerProcess> ExecAsync(ExecLaunch launch, CancellationToken cancellation) => native.ExecAsync(launch, cancellation);
}
