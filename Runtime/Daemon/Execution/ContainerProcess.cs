using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>A child that runs the user's command.</summary>
internal sealed class ContainerProcess : IContainerProcess
{
    private readonly IoSource _pidfd;
    private readonly SafeFileHandle? _adopted;
    private readonly Func<Task>? _onReleased;
    private readonly InputWriter? _input;
    private readonly SafeFileHandle? _terminal;
    private readonly IReadOnlyList<OutputPump> _outputs;
    private readonly IOutputSink _sink;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _reapedSource = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _reaped;

    /// <param name="identity">Of the user's process.</param>
    /// <param name="pidfd">Of our child, which is that process unless <paramref name="adopted"/> is given.</param>
    /// <param name="stdio">Its streams, which are taken over.</param>
    /// <param name="terminal">A copy of the terminal's master.</param>
    /// <param name="sink">Where output goes.</param>
    /// <param name="onReaped">Called at its end.</param>
    /// <param name="adopted">A pidfd of the user's process, when our child only waits for it and ends with its exit code; taken over.</param>
    /// <param name="onReleased">See <see cref="ReleaseAsync"/>.</param>
    public ContainerProcess(
        ProcessIdentity identity, IoSource pidfd, Stdio stdio, SafeFileHandle? terminal, IOutputSink sink, Action? onReaped, SafeFileHandle? adopted = null, Func<Task>? onReleased = null)
    {
        _adopted = adopted;
        _onReleased = onReleased;
        Identity = identity;
        _pidfd = pidfd;
        _terminal = terminal;
        _sink = sink;
        _input = stdio.TakeInput(terminal is not null);
        _outputs = stdio.TakeOutputs(sink);
        Exited = AttendAsync(onReaped);
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

    private SafeFileHandle Target => _adopted ?? _pidfd.Handle;

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

    public void CloseStdin() => _input?.Close();

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

    private async Task<ExitStatus> AttendAsync(Action? onReaped)
    {
        Task pumping = Task.WhenAll(_outputs.Select(static pump => Task.Run(pump.RunAsync)));
        int? code;
        while ((code = Libc.waitid_pidfd(_pidfd.Handle.Fd(), block: false)) is null)
        {
            await _pidfd.ReadableAsync();
        }

        DateTimeOffset at = DateTimeOffset.UtcNow;
        lock (_gate)
        {
            _reaped = true;
            _pidfd.Dispose();
            _adopted?.Dispose();
        }

        _reapedSource.SetResult();
        onReaped?.Invoke();
        foreach (OutputPump pump in _outputs)
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
            foreach (OutputPump pump in _outputs)
            {
                pump.Dispose();
            }

            _input?.Dispose();
            lock (_gate)
            {
                _terminal?.Dispose();
            }
        }

        return new ExitStatus(code.Value, at);
    }
}
