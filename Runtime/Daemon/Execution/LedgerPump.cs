using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>As <see cref="OutputPump"/>, in the steps of <see cref="OutputLedger"/>: no kill of the daemon loses or doubles a byte of the log.</summary>
/// <param name="hand">The pipe that a chunk is in while it is dealt with.</param>
internal sealed class LedgerPump(IoSource source, SafeFileHandle hand, OutputStream stream, IOutputSink sink, OutputLedger ledger, bool terminal) : IOutputPump
{
    /// <summary>A pipe's size. Of a terminal no more than 4 KiB come at a time, and pages are allocated for what is asked.</summary>
    private const int ChunkSize = 64 << 10, TerminalChunkSize = 4 << 10;

    private volatile bool _draining;

    public async Task RunAsync()
    {
        bool more = true;
        while (more)
        {
            // Read before looking: what was written before the process ended is in the pipe when draining is set.
            bool last = _draining;
            more = await CarryAvailableAsync();
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

    /// <summary>Deals with what a former daemon had in hand, before anything else.</summary>
    public async Task ResumeAsync()
    {
        OutputLedger.StreamState state = ledger.StateOf(stream);
        if (state.Done > 0)
        {
            // Emptied, or not yet, or in part.
            TakeOut(Libc.bytes_available(hand.Fd()) - (state.InHand - state.Done));
            ledger.TakeInHand(stream);
        }

        await DealWithHandAsync();
    }

    public void Drain()
    {
        _draining = true;
        source.Interrupt();
    }

    public void Dispose()
    {
        source.Dispose();
        hand.Dispose();
    }

    /// <summary>False at the end of the stream.</summary>
    private async ValueTask<bool> CarryAvailableAsync()
    {
        while (true)
        {
            int count = Libc.try_splice(source.Handle.Fd(), hand.Fd(), terminal ? TerminalChunkSize : ChunkSize);
            if (count == -Libc.EAGAIN)
            {
                return true;
            }

            // A terminal whose other side is closed by all answers EIO.
            if (count <= 0)
            {
                return false;
            }

            await DealWithHandAsync();
        }
    }

    private async ValueTask DealWithHandAsync()
    {
        int inHand;
        while ((inHand = Libc.bytes_available(hand.Fd())) > 0)
        {
            using ScratchPipe copy = ScratchPipe.Rent();
            byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
            try
            {
                int count = copy.Read(Libc.try_tee(hand.Fd(), copy.Input, ChunkSize), buffer);
                ledger.Prepare(stream, count, inHand);
                await sink.WriteAsync(stream, buffer.AsMemory(0, count));
                TakeOut(count);
                ledger.TakeInHand(stream);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    private void TakeOut(int count)
    {
        while (count > 0)
        {
            int moved = Libc.try_splice(hand.Fd(), Nowhere.Fd, count);
            if (moved <= 0)
            {
                throw new SyscallException("splice", moved == 0 ? Libc.ENODATA : -moved, "output in hand");
            }

            count -= moved;
        }
    }
}
