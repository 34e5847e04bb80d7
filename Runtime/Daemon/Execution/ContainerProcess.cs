using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>A child that runs the user's command.</summary>
internal sealed class ContainerProcess : IContainerProcess
{
    private readonly ChildProcess _child;
    private readonly SafeFileHandle? _adopted;
    private readonly Func<Task>? _onReleased;
    private readonly InputWriter? _input;
    private readonly SafeFileHandle? _terminal;
    private readonly IReadOnlyList<IOutputPump> _outputs;
    private readonly IOutputSink _sink;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _reapedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    /// <param name="identity">Of the user's process.</param>
    /// <param name="child">What was started, which is that process unless <paramref name="adopted"/> is given.</param>
    /// <param name="stdio">Its streams, which are taken over.</param>
    /// <param name="terminal">A copy of the terminal's master.</param>
    /// <param name="sink">Where output goes.</param>
    /// <param name="onReaped">Called at its end.</param>
    /// <param name="adopted">A pidfd of the user's process, when our child only waits for it and ends with its exit code; taken over.</param>
    /// <param name="onReleased">See <see cref="ReleaseAsync"/>.</param>
    /// <param name="recovery">Of a process that a former daemon started.</param>
    public ContainerProcess(
        ProcessIdentity identity,
        ChildProcess child,
        Stdio stdio,
        SafeFileHandle? terminal,
        IOutputSink sink,
        Action? onReaped,
        SafeFileHandle? adopted = null,
        Func<Task>? onReleased = null,
        OutputRecovery? recovery = null)
    {
        _adopted = adopted;
        _onReleased = onReleased;
        Identity = identity;
        _child = child;
        _terminal = terminal;
        _sink = sink;
        _input = stdio.TakeInput(terminal is not null);
        _outputs = stdio.TakeOutputs(sink);
        Exited = AttendAsync(onReaped, recovery);
    }

    public ProcessIdentity Identity { get; }

    public Task<ExitStatus> Exited { get; }

    public Task Reaped => _reapedSource.Task;

    public bool HasExited
    {
        get
        {
            lock (_gate)
            {
                return _reaped;
            }
        }
    }

    private SafeFileHandle Target => _adopted ?? _child.Pidfd.Handle;

    public Task ReleaseAsync() => _onReleased?.Invoke() ?? Task.CompletedTask;

    public bool Kill(int signal)
    {
        lock (_gate)
        {
            if (_reaped)
            {
                return false;
            }

            int status = Libc.try_pidfd_send_signal(Target.Fd(), signal);
            return status switch
            {
                0 => true,
                -Libc.ESRCH => false,
                _ => throw new SyscallException("pidfd_send_signal", -status, $"{Identity.Pid}"),
            };
        }
    }

    public ValueTask WriteStdinAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation) =>
        _input?.WriteAsync(data, cancellation) ?? throw new IOException("stdin of the process is not open");

    public void CloseStdin()
    {
        if (_terminal is null && _input is not null)
        {
            _input.Close();
            _child.Release(HeldFds.Stdin);
        }
    }

    public bool OutlivesDaemon => _child is SupervisedChild;

    public void Forget() => _child.Forget();

    public void Resize(ushort height, ushort width)
    {
        lock (_gate)
        {
            if (_terminal is null)
            {
                throw new InvalidOperationException("the process has no terminal");
            }

            if (!_reaped)
            {
                Libc.set_winsize(_terminal.Fd(), height, width);
            }
        }
    }

    /// <summary>A copy of the pidfd for those who join the process's namespaces; null once it is gone.</summary>
    public SafeFileHandle? DuplicatePidfd()
    {
        lock (_gate)
        {
            return _reaped ? null : Libc.Own(Libc.fcntl(Target.Fd(), Libc.F_DUPFD_CLOEXEC));
        }
    }

    private async Task<ExitStatus> AttendAsync(Action? onReaped, OutputRecovery? recovery)
    {
        Task pumping = PumpAsync(recovery);
        ExitStatus status = await _child.WaitAsync();
        lock (_gate)
        {
            _reaped = true;
            _child.Dispose();
            _adopted?.Dispose();
        }

        _reapedSource.SetResult();
        onReaped?.Invoke();
        foreach (IOutputPump pump in _outputs)
        {
            pump.Drain();
        }

        try
        {
            await pumping;
            await _sink.CompleteAsync();
        }
        finally
        {
            foreach (IOutputPump pump in _outputs)
            {
                pump.Dispose();
            }

            _input?.Dispose();
            lock (_gate)
            {
                _terminal?.Dispose();
            }
        }

        return status;
    }

    /// <summary>What a former daemon and the supervisor have left comes first.</summary>
    private async Task PumpAsync(OutputRecovery? recovery)
    {
        if (recovery is not null)
        {
            await Task.Run(() => recovery.RunAsync(_outputs));
        }

        await Task.WhenAll(_outputs.Select(static pump => Task.Run(pump.RunAsync)));
    }
}
