using System.Collections.Concurrent;
using System.Text;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Tests.Unit.Containers.Fakes;

/// <summary>A process that does what a test tells it.</summary>
internal sealed class FakeProcess : IContainerProcess
{
    private static int s_nextPid = 1_000_000; // above pid_max of no machine, but never a live process of this one

    private readonly TaskCompletionSource<ExitStatus> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reaped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _stdinClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly MemoryStream _stdin = new();
    private readonly IOutputSink _sink;

    public FakeProcess(IOutputSink sink, IReadOnlyCollection<int> deadlySignals)
    {
        _sink = sink;
        DeadlySignals = [.. deadlySignals];
        Identity = new ProcessIdentity(Interlocked.Increment(ref s_nextPid), 7);
    }

    public HashSet<int> DeadlySignals { get; }

    public ConcurrentQueue<int> Signals { get; } = new();

    public (ushort Height, ushort Width) Size { get; private set; }

    public bool ReadsStdin { get; set; } = true;

    public Task StdinClosed => _stdinClosed.Task;

    public string Stdin
    {
        get
        {
            lock (_stdin)
            {
                return Encoding.UTF8.GetString(_stdin.ToArray());
            }
        }
    }

    public ProcessIdentity Identity { get; }

    public Task<ExitStatus> Exited => _exited.Task;

    public Task Reaped => _reaped.Task;

    public bool HasExited => _reaped.Task.IsCompleted;

    public bool Kill(int signal)
    {
        if (HasExited)
        {
            return false;
        }

        Signals.Enqueue(signal);
        if (signal == Libc.SIGKILL || DeadlySignals.Contains(signal))
        {
            Exit(128 + signal);
        }

        return true;
    }

    /// <summary>Ends; output that a client blocks is still delivered first, as the driver does it.</summary>
    public void Exit(int code)
    {
        if (!_reaped.TrySetResult())
        {
            return;
        }

        _ = EndAsync(new ExitStatus(code, DateTimeOffset.UtcNow));
    }

    public ValueTask PrintAsync(string text, OutputStream stream = OutputStream.Stdout) => _sink.WriteAsync(stream, Encoding.UTF8.GetBytes(text));

    public ValueTask PrintAsync(byte[] data) => _sink.WriteAsync(OutputStream.Stdout, data);

    public ValueTask WriteStdinAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        if (!ReadsStdin)
        {
            throw new IOException("broken pipe");
        }

        lock (_stdin)
        {
            _stdin.Write(data.Span);
        }

        return ValueTask.CompletedTask;
    }

    public void CloseStdin() => _stdinClosed.TrySetResult();

    public void Resize(ushort height, ushort width) => Size = (height, width);

    private async Task EndAsync(ExitStatus status)
    {
        await _sink.CompleteAsync();
        _exited.SetResult(status);
    }
}
