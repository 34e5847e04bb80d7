using System.IO.Pipelines;

namespace Rtd.Daemon.Api.Transport;

/// <summary>A connection's input, in which a reset is an end of input that also says the client is gone.</summary>
internal sealed class ClientReader(PipeReader inner, Action gone) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(cancellationToken);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            gone();
            return new ReadResult(default, isCanceled: false, isCompleted: true);
        }
    }

    public override bool TryRead(out ReadResult result) => inner.TryRead(out result);
}
