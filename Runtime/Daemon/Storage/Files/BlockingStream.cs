using System.Buffers;
using Rtd.Daemon.Storage.Compression;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Reads a stream that only reads asynchronously (a request body) from a thread that may block.</summary>
/// <remarks>Unpacking is a chain of system calls, so it has a thread of its own; the waits for the client happen here.</remarks>
internal sealed class BlockingStream(Stream source, CancellationToken cancelled) : PullStream
{
    private readonly CancellationTokenSource _interrupted = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
    private int _start;
    private int _end;
    private bool _returned;

    /// <summary>Bytes taken from the source so far.</summary>
    public long Count { get; private set; }

    /// <summary>Ends a read that waits, and all later ones; from any thread.</summary>
    public void Interrupt() => _interrupted.Cancel();

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_returned, this);
        if (_start == _end)
        {
            Fill();
        }

        int length = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, length).CopyTo(buffer);
        _start += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_returned)
        {
            _returned = true;
            ArrayPool<byte>.Shared.Return(_buffer);
            _interrupted.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Fill()
    {
        _interrupted.Token.ThrowIfCancellationRequested();
        ValueTask<int> read = source.ReadAsync(_buffer, _interrupted.Token);
        _start = 0;
        _end = read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
        Count += _end;
    }
}
