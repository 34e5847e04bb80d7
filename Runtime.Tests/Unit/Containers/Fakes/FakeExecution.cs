using System.Collections.Concurrent;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>Goes through the steps of a start without a kernel.</summary>
internal sealed class FakeExecution : IExecutionDriver
{
    public ConcurrentQueue<ContainerLaunch> Launches { get; } = new();

    public ConcurrentQueue<ExecLaunch> Execs { get; } = new();

    public ConcurrentQueue<FakeProcess> Processes { get; } = new();

    /// <summary>Signals that end a new process; SIGKILL always does.</summary>
    public List<int> DeadlySignals { get; } = [Libc.SIGTERM];

    public Exception? Failure { get; set; }

    /// <summary>Called before a start answers, with the start held open meanwhile.</summary>
    public Func<Task> Hold { get; set; } = () => Task.CompletedTask;

    public Action<FakeProcess>? OnStarted { get; set; }

    public FakeProcess Last => Processes.Last();

    public async Task<IContainerProcess> RunAsync(ContainerLaunch launch, CancellationToken cancellation)
    {
        Launches.Enqueue(launch);
        await Hold();
        await launch.ConnectNetwork(1, cancellation);
        if (Failure is { } failure)
        {
            throw failure;
        }

        FakeProcess process = Make(launch.Output);
        await launch.BeforeExec(process.Identity);
        if (launch.Cgroup is FakeCgroups.FakeCgroup cgroup)
        {
            cgroup.OnKill = () => process.Kill(Libc.SIGKILL);
        }

        OnStarted?.Invoke(process);
        return process;
    }

    public Task<IContainerProcess> ExecAsync(ExecLaunch launch, CancellationToken cancellation)
    {
        Execs.Enqueue(launch);
        if (Failure is { } failure)
        {
            return Task.FromException<IContainerProcess>(failure);
        }

        FakeProcess process = Make(launch.Output);
        OnStarted?.Invoke(process);
        return Task.FromResult<IContainerProcess>(process);
    }

    /// <summary>The spec of the last start.</summary>
    public ContainerSpec Spec => Launches.Last().Spec;

    public IContainerProcess TakeOver(HeldProcess process, IOutputSink output, string spool, Action? onReaped) => Make(output);

    private FakeProcess Make(IOutputSink sink)
    {
        FakeProcess process = new(sink, DeadlySignals);
        Processes.Enqueue(process);
        return process;
    }
}
