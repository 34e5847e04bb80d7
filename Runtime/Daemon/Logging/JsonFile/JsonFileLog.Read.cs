using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.JsonFile;

internal sealed partial class JsonFileLog
{
    private const int BlockSize = 64 * 1024;

    /// <summary>A longer line is no line of ours (a message has at most 16 KiB) and is skipped.</summary>
    private const int MaximumLine = 16 * 1024 * 1024;

    public async IAsyncEnumerable<LogMessage> ReadAsync(LogReadOptions request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<LogSegment> segments = OpenAll(out long committed);
        using LogPosition position = new(segments, Start(segments, committed, request));
        LogSegment? last = segments.LastOrDefault();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            (long limit, bool complete) = Look(position);
            limit = !request.Follow && position.Segment == last ? committed : limit;
            foreach (LogMessage message in ReadBlock(position, limit))
            {
                if (message.Time > request.Until)
                {
                    yield break;
                }

                if (IsWanted(message, request))
                {
                    yield return message;
                }
            }

            if (position.Offset < limit && position.Moved)
            {
                continue;
            }

            if (!request.Follow && position.Segment == last)
            {
                yield break;
            }

            if (complete ? !TryAdvance(position) : !await ChangedAsync(position, request.Until, cancellation).ConfigureAwait(false))
            {
                yield break;
            }
        }
    }

    private static bool IsWanted(LogMessage message, LogReadOptions request) =>
        (message.Stream == OutputStream.Stderr ? request.Stderr : request.Stdout) && (request.Since is null || message.Time >= request.Since);

    /// <summary>All files, oldest first, as they are at this moment.</summary>
    private List<LogSegment> OpenAll(out long committed)
    {
        lock (_lock)
        {
            FlushBuffer();
            List<LogSegment> segments = [];
            for (long age = options.MaximumFiles - 1; age >= 0; age--)
            {
                if (TryOpenSegment(age) is { } segment)
                {
                    segments.Add(segment);
                }
            }

            committed = segments.Count == 0 ? 0 : _sizeKnown && segments[^1].Generation == _generation ? _size : segments[^1].Length;
            return segments;
        }
    }

    /// <summary>With the lock held, so that age and generation agree.</summary>
    private LogSegment? TryOpenSegment(long age)
    {
        int fd = Libc.try_openat(Libc.AT_FDCWD, PathOf(age), Libc.O_RDONLY | Libc.O_NOFOLLOW);
        bool compressed = fd == -Libc.ENOENT && age > 0;
        if (compressed)
        {
            fd = Libc.try_openat(Libc.AT_FDCWD, CompressedPathOf(age), Libc.O_RDONLY | Libc.O_NOFOLLOW);
        }

        return fd switch
        {
            >= 0 => new LogSegment(Libc.Own(fd), _generation - age, compressed),
            -Libc.ENOENT => null,
            _ => throw new SyscallException("openat", -fd, PathOf(age)),
        };
    }

    private static (int Segment, long Offset) Start(List<LogSegment> segments, long committed, LogReadOptions request)
    {
        if (segments.Count == 0)
        {
            return (0, 0);
        }

        if (request.Tail == 0)
        {
            return (segments.Count - 1, committed);
        }

        if (request.Tail is long lines and > 0)
        {
            return LogTail.Find(segments, segments.Select((segment, i) => i == segments.Count - 1 ? committed : segment.Length).ToArray(), lines);
        }

        // A rotated file that was finished before the asked time has nothing to show (a second of slack: mtime is coarser than our clock).
        int first = 0;
        while (first < segments.Count - 1 && segments[first].Modified.AddSeconds(1) < request.Since)
        {
            first++;
        }

        return (first, 0);
    }

    /// <summary>How far the position's file may be read, and whether that is all it will ever have.</summary>
    private (long Limit, bool Complete) Look(LogPosition position)
    {
        lock (_lock)
        {
            return position.Segment is not { } segment ? (0, _sizeKnown)
                : segment.Generation < _generation ? (segment.Length, true)
                : (_sizeKnown ? _size : segment.Length, false);
        }
    }

    /// <summary>Goes on to the next file: the oldest still there when rotation was faster than the reader. False when somebody else removed the log.</summary>
    private bool TryAdvance(LogPosition position)
    {
        if (position.TryNextOpened())
        {
            return true;
        }

        lock (_lock)
        {
            long wanted = position.Segment is { } segment ? segment.Generation + 1 : _generation - options.MaximumFiles + 1;
            for (long age = Math.Min(_generation - wanted, options.MaximumFiles - 1); age >= 0; age--)
            {
                if (TryOpenSegment(age) is { } next)
                {
                    position.Enter(next);
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Waits for the writer. False when nothing more will come: the log is closed, or the time up to which was asked has passed.</summary>
    private async Task<bool> ChangedAsync(LogPosition position, DateTimeOffset? until, CancellationToken cancellation)
    {
        Task changed;
        lock (_lock)
        {
            if (position.Segment is { } segment ? segment.Generation < _generation || (_sizeKnown && position.Offset < _size) : _sizeKnown)
            {
                return true;
            }

            if (_disposed)
            {
                return false;
            }

            _wake ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed = _wake.Task;
        }

        if (until is null)
        {
            await changed.WaitAsync(cancellation).ConfigureAwait(false);
            return true;
        }

        TimeSpan left = until.Value - DateTimeOffset.UtcNow;
        if (left <= TimeSpan.Zero)
        {
            return false;
        }

        try
        {
            // The longest wait a timer takes; the loop asks again after it.
            await changed.WaitAsync(left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1), cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException) when (left >= TimeSpan.FromDays(1))
        {
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }

        return true;
    }

    /// <summary>Decodes the next block of whole lines and moves the position behind them; empty at the limit. The texts share one new array.</summary>
    private static List<LogMessage> ReadBlock(LogPosition position, long limit)
    {
        List<LogMessage> messages = [];
        position.Moved = false;
        byte[] block = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            while (messages.Count == 0 && position.Offset < limit)
            {
                int wanted = (int)Math.Min(block.Length, limit - position.Offset);
                int count = position.Segment!.Read(block.AsSpan(0, wanted), position.Offset);
                int whole = block.AsSpan(0, count).LastIndexOf((byte)'\n') + 1;
                if (whole > 0)
                {
                    Decode(block.AsSpan(0, whole), messages);
                    position.Offset += whole;
                    position.Moved = true;
                }
                else if (count < block.Length)
                {
                    // Part of a line at the end, left by a crash. It may still be cut off and written over, so the position stays.
                    break;
                }
                else if (block.Length < MaximumLine)
                {
                    int larger = block.Length * 2;
                    ArrayPool<byte>.Shared.Return(block);
                    block = ArrayPool<byte>.Shared.Rent(larger);
                }
                else
                {
                    position.Offset += count;
                    position.Moved = true;
                }
            }

            return messages;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private static void Decode(ReadOnlySpan<byte> lines, List<LogMessage> messages)
    {
        byte[] texts = GC.AllocateUninitializedArray<byte>(lines.Length);
        int used = 0;
        while (lines.Length > 0)
        {
            int length = lines.IndexOf((byte)'\n') + 1;
            if (JsonLineDecoder.TryDecode(lines[..(length - 1)], texts.AsSpan(used), out int written, out OutputStream stream, out DateTimeOffset time))
            {
                messages.Add(new LogMessage(stream, time, texts.AsMemory(used, written)));
                used += written;
            }

            lines = lines[length..];
        }
    }
}
