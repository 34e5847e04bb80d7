using System.Runtime.CompilerServices;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Logging.JsonFile;

internal sealed partial class JsonFileLog
{
    public async IAsyncEnumerable<LogMessage> ReadAsync(LogReadOptions request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        List<LogSegment> segments = OpenAll(out long committed);
        using LogPosition position = new(segments, Start(segments, committed, request));
        using LogBlock block = new();
        LogSegment? last = segments.LastOrDefault();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            (long limit, bool complete) = Look(position);
            limit = !request.Follow && position.Segment == last ? committed : limit;
            block.Read(position, limit);
            foreach (LogMessage message in block.Messages)
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

            // Who follows a silent container holds no buffers.
            block.Release();
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
}
