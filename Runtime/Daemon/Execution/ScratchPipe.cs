using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>An empty pipe to copy into by tee(2) and read from again. As many are kept as were needed at a time, up to a few.</summary>
internal sealed class ScratchPipe : IDisposable
{
    private const int MaxKept = 8;

    private static readonly ConcurrentBag<ScratchPipe> s_kept = [];

    private readonly SafeFileHandle _output;
    private readonly SafeFileHandle _input;
    private bool _empty;

    private ScratchPipe()
    {
        (_output, _input) = Libc.pipe2(Libc.O_NONBLOCK);
    }

    public int Input => _input.Fd();

    public static ScratchPipe Rent()
    {
        ScratchPipe pipe = s_kept.TryTake(out ScratchPipe? kept) ? kept : new ScratchPipe();
        pipe._empty = false;
        return pipe;
    }

    /// <summary>Reads what tee has put in.</summary>
    /// <param name="count">What tee has answered.</param>
    public int Read(int count, Span<byte> buffer)
    {
        if (count <= 0)
        {
            throw new SyscallException("tee", count == 0 ? Libc.ENODATA : -count, "output in hand");
        }

        int done = 0;
        while (done < count)
        {
            int read = Libc.try_read(_output.Fd(), buffer[done..count]);
            if (read <= 0)
            {
                throw new SyscallException("read", read == 0 ? Libc.ENODATA : -read, "copy of output in hand");
            }

            done += read;
        }

        _empty = true;
        return count;
    }

    /// <summary>One that was not read empty after a failure is of no more use.</summary>
    public void Dispose()
    {
        if (_empty && s_kept.Count < MaxKept)
        {
            s_kept.Add(this);
            return;
        }

        _output.Dispose();
        _input.Dispose();
    }
}
