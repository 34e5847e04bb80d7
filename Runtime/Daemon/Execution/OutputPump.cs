using System.Buffers;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>Carries one stream of output from its pipe or terminal to the sink. A stream at rest holds no buffer.</summary>
internal sealed class OutputPump(IoSource source, OutputStream stream, IOutputSink sink) : IOutputPump
{
    private const int BufferSize = 64 << 10;

    private volatile bool _draining;

    /// <summary>Runs to the end of the stream, or, once draining, until the pipe is empty.</summary>
    public async Task RunAsync()
    {
        bool more = true;
        while (more)
        {
            // Read before looking: what was written before the process ended is in the pipe when draining is set.
            bool last = _draining;
            more = await CopyAvailableAsync();
            if (last)
            {
                return;
            }

            if (more)
            {
                await source.ReadableAsync();
            }
        }
    }

    /// <summary>The process has ended: whoever else holds the pipe's other end (a background child) is not waited for.</summary>
    public void Drain()
    {
        _draining = true;
        source.Interrupt();
    }

    public void Dispose() => source.Dispose();

    /// <summary>False at the end of the stream.</summary>
    private async ValueTask<bool> CopyAvailableAsync()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (true)
            {
                int count = Libc.try_read(source.Handle.Fd(), buffer);
                if (count == -Libc.EAGAIN)
                {
                    return true;
                }

                // A terminal whose other side is closed by all answers EIO.
                if (count <= 0)
                {
                    return false;
                }

                await sink.WriteAsync(stream, buffer.AsMemory(0, count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
