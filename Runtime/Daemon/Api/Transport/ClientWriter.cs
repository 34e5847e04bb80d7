using System.IO.Pipelines;

namespace Rtd.Daemon.Api.Transport;

/// <summary>
/// A connection's output, in which a failed write is a completed flush that also says the client is gone; only the connection closes it.
/// </summary>
internal sealed class ClientWriter(PipeWriter inner, Action gone) : PipeWriter
{
    private volatile bool _failed;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override void Advance(int bytes) => inner.Advance(bytes);

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <summary>Kestrel completes its output at the end of its part; a hijacked stream may follow on the same connection.</summary>
    public override void Complete(Exception? exception = null)
    {
    }

    /// <summary>Gives the buffers back. The socket must be closed: unflushed bytes are dropped.</summary>
    public void Close() => inner.Complete(new IOException("the connection is closed"));

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_failed)
        {
            return new FlushResult(isCanceled: false, isCompleted: true);
        }

        try
        {
            return await inner.FlushAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            _failed = true;
            gone();
            return new FlushResult(isCanceled: false, isCompleted: true);
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);
}
