using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Writes to a process's stdin: a pipe, or a terminal's master.</summary>
internal sealed class InputWriter(IoSource source, bool isTerminal) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private volatile bool _closed;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            while (data.Length > 0)
            {
                int count = _closed ? -Libc.EPIPE : Libc.try_write(source.Handle.Fd(), data.Span);
                if (count == -Libc.EAGAIN)
                {
                    await WaitWritableAsync(cancellation);
                }
                else if (count < 0)
                {
                    throw new IOException($"write to stdin: {Libc.strerror(-count)}");
                }
                else
                {
                    data = data[count..];
                }
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>End of input. A terminal stays open: it has output yet.</summary>
    public void Close()
    {
        if (!isTerminal)
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _closed = true;
        source.Dispose();
    }

    private async ValueTask WaitWritableAsync(CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = cancellation.UnsafeRegister(static state => ((IoSource)state!).Interrupt(), source);
        await source.WritableAsync();
        cancellation.ThrowIfCancellationRequested();
    }
}
