using System.Buffers;
using System.IO.Pipelines;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Containers.Streams;

/// <summary>One attached client's share of a process's output: a pipe of at most 1 MiB between the process's reader and the connection.</summary>
/// <remarks>
/// A client that does not read makes the pipe full and the process wait, as a terminal would. A client that has gone (<see cref="Dispose"/>)
/// takes nothing and stops nobody.
/// </remarks>
internal sealed class AttachedClient(bool raw, bool stdout, bool stderr) : IDisposable
{
    private static readonly PipeOptions s_options = new(
        readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: 1024 * 1024,
        resumeWriterThreshold: 512 * 1024,
        useSynchronizationContext: false);

    private readonly Pipe _pipe = new(s_options);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile bool _closed;
    private volatile bool _released;
    private long _spare = 1024 * 1024;

    /// <summary>Called by the process's side. Never throws; what a gone client would have got is dropped.</summary>
    public async ValueTask DeliverAsync(OutputStream stream, ReadOnlyMemory<byte> data)
    {
        if (_closed || !(stream == OutputStream.Stderr ? stderr : stdout))
        {
            return;
        }

        await _writing.WaitAsync();
        try
        {
            if (!_closed && !IsOverdrawn(data.Length))
            {
                Write(_pipe.Writer, stream, data.Span);
                FlushResult flushed = await FlushAsync();
                _closed |= flushed.IsCompleted;
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>No more output will come; what is in the pipe can still be read.</summary>
    public async ValueTask CompleteAsync()
    {
        ReleaseBackPressure();
        await _writing.WaitAsync();
        try
        {
            _closed = true;
            await _pipe.Writer.CompleteAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>From now on a full pipe makes nobody wait; it takes at most 1 MiB more than it can hold.</summary>
    public void ReleaseBackPressure()
    {
        _released = true;
        _pipe.Writer.CancelPendingFlush();
    }

    /// <summary>Copies to the connection until the output has ended or the connection no longer takes it.</summary>
    public async Task CopyToAsync(PipeWriter connection, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await _pipe.Reader.ReadAsync(cancellation);
            foreach (ReadOnlyMemory<byte> segment in read.Buffer)
            {
                connection.Write(segment.Span);
            }

            FlushResult flushed = read.Buffer.IsEmpty ? default : await connection.FlushAsync(cancellation);
            _pipe.Reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || flushed.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>Writes in the client's form: raw for a terminal, framed otherwise.</summary>
    public void Write(IBufferWriter<byte> output, OutputStream stream, ReadOnlySpan<byte> data)
    {
        if (raw)
        {
            output.Write(data);
        }
        else
        {
            StreamFrame.Write(output, stream, data);
        }
    }

    private ValueTask<FlushResult> FlushAsync()
    {
        if (_released)
        {
            _pipe.Writer.CancelPendingFlush(); // the next flush returns at once
        }

        return _pipe.Writer.FlushAsync();
    }

    private bool IsOverdrawn(int length) => _released && (_spare -= length) < 0;

    /// <summary>The client has gone.</summary>
    public void Dispose()
    {
        _closed = true;
        _pipe.Reader.Complete();
    }
}
