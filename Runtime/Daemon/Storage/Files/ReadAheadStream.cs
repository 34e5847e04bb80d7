using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Rtd.Daemon.Storage.Compression;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Reads a stream on a thread of its own, a few buffers ahead, so that decompressing and unpacking run side by side.</summary>
internal sealed class ReadAheadStream : PullStream
{
    private const int Buffers = 4, BufferSize = 256 * 1024;

    private readonly BlockingCollection<byte[]> _free = [];
    private readonly BlockingCollection<(byte[] Buffer, int Length)> _full = [];
    private readonly CancellationTokenSource _stop;
    private readonly Task _reader;
    private ExceptionDispatchInfo? _failure;
    private (byte[] Buffer, int Length) _current = ([], 0);
    private int _position;
    private bool _disposed;

    /// <param name="open">Makes the stream, on its thread; its reads are to end when the token is cancelled.</param>
    public ReadAheadStream(Func<CancellationToken, Stream> open, CancellationToken cancelled)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        for (int i = 0; i < Buffers; i++)
        {
            _free.Add(ArrayPool<byte>.Shared.Rent(BufferSize), CancellationToken.None);
        }

        _reader = Task.Factory.StartNew(() => Run(open), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What the stream throws comes out here, after the bytes before it.</summary>
    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_position == _current.Length && !Next())
        {
            _failure?.Throw();
            return 0;
        }

        int length = Math.Min(buffer.Length, _current.Length - _position);
        _current.Buffer.AsSpan(_position, length).CopyTo(buffer);
        _position += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (!_disposed)
        {
            _disposed = true;
            _stop.Cancel();
            _reader.GetAwaiter().GetResult();
            ReturnBuffers();
            _stop.Dispose();
            _free.Dispose();
            _full.Dispose();
        }

        base.Dispose(disposing);
    }

    private void ReturnBuffers()
    {
        foreach (byte[] buffer in _full.Select(full => full.Buffer).Concat(_free).Append(_current.Buffer).Where(buffer => buffer.Length > 0))
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Next()
    {
        if (_current.Buffer.Length > 0)
        {
            _free.Add(_current.Buffer, CancellationToken.None);
        }

        _position = 0;
        bool more = _full.TryTake(out (byte[] Buffer, int Length) next, Timeout.Infinite, CancellationToken.None);
        _current = more ? next : ([], 0);
        return more;
    }

    private void Run(Func<CancellationToken, Stream> open)
    {
        try
        {
            using Stream source = open(_stop.Token);
            while (true)
            {
                byte[] buffer = _free.Take(_stop.Token);
                int length = source.ReadAtLeast(buffer, buffer.Length / 2, throwOnEndOfStream: false);
                if (length == 0)
                {
                    break;
                }

                _full.Add((buffer, length), CancellationToken.None);
            }
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
        finally
        {
            _full.CompleteAdding();
        }
    }
}
