using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Threading.Channels;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>A log that goes to a collector over a socket: a bounded queue, one task that sends, and a cache on disk to read from.</summary>
/// <remarks>
/// While the collector is connected and slow, a blocking log makes the container wait, as Docker does. While it cannot be reached nobody
/// waits: the queue is kept for when it is back, and what does not fit is counted as lost.
/// </remarks>
internal sealed class RemoteLog(string name, string container, ILogSender sender, RemoteLogOptions options, ILogDriver? cache) : ILogDriver
{
    /// <summary>Entries that are sent at once.</summary>
    private const int LargestBatch = 256;

    /// <summary>What the queue's bookkeeping of an entry takes; empty lines must not be for nothing.</summary>
    private const int EntryOverhead = 100;

    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(5);

    private static readonly Logger s_log = LogManager.GetLogger("logs");

    private readonly Lock _lock = new();
    private readonly Channel<RemoteEntry> _queue = Channel.CreateUnbounded<RemoteEntry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private readonly LogLoss _loss = new();
    private readonly PartTracker _stdout = new(), _stderr = new();
    private TaskCompletionSource? _room;
    private Task? _sending;
    private long _waiting;
    private long _ordinal;
    private volatile bool _reachable = true;
    private volatile bool _released;
    private bool _closed;

    public string Name => name;

    public bool CanRead => cache is not null;

    /// <summary>Messages that did not reach the collector, as far as is known.</summary>
    public long LostMessages => _loss.Messages;

    private string Title => $"{name} of container {(container.Length > 12 ? container[..12] : container)}";

    public async Task ConnectAsync()
    {
        if (options.Async)
        {
            return;
        }

        using CancellationTokenSource limit = new(options.Connect);
        try
        {
            await sender.ConnectAsync(limit.Token);
        }
        catch (Exception error) when (IsBroken(error) || error is OperationCanceledException)
        {
            throw EngineException.System($"failed to initialize logging driver: {error.Message}", error);
        }
    }

    public void Write(LogMessage message)
    {
        cache?.Write(message);
        ReadOnlySpan<byte> text = message.Data.Span;
        bool whole = text.EndsWith("\n"u8);
        lock (_lock)
        {
            LinePart? part = (message.Stream == OutputStream.Stderr ? _stderr : _stdout).Next(whole);
            RemoteEntry entry = new(message.Stream, message.Time, (whole ? text[..^1] : text).ToArray(), part, ++_ordinal);
            if (_closed || IsOverfull(Size(entry)))
            {
                _loss.Add(1, Title, _closed ? "the log is closed" : "the buffer is full");
                return;
            }

            _waiting += Size(entry);
            _queue.Writer.TryWrite(entry);
            _sending ??= Task.Run(RunAsync);
        }
    }

    public void Flush()
    {
        cache?.Flush();

        // A copy to read from is never cut back.
        (cache as IRewindableLog)?.Settle();
    }

    public ValueTask WaitForRoomAsync()
    {
        lock (_lock)
        {
            if (options.NonBlocking || options.Async || _released || _closed || !_reachable || _waiting < options.Buffer)
            {
                return ValueTask.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(_room.Task);
        }
    }

    public void ReleaseBackPressure()
    {
        _released = true;
        WakeWriters();
    }

    public IAsyncEnumerable<LogMessage> ReadAsync(LogReadOptions request, CancellationToken cancellation) =>
        cache?.ReadAsync(request, cancellation) ?? throw new EngineException(ErrorKind.NotImplemented, "configured logging driver does not support reading");

    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _queue.Writer.Complete();
        }

        WakeWriters();
        if (_sending is not null)
        {
            // A collector that is there takes what is left at once; one that is not gets no more tries.
            _end.CancelAfter(_reachable ? s_drain : TimeSpan.Zero);
            await _sending;
        }

        _loss.TellRest(Title);
        await sender.DisposeAsync();
        if (cache is not null)
        {
            await cache.DisposeAsync();
        }

        _end.Dispose();
    }

    private static bool IsBroken(Exception error) => error is IOException or SocketException or AuthenticationException or CryptographicException or ObjectDisposedException;

    private static long Size(RemoteEntry entry) => entry.Data.Length + EntryOverhead;

    /// <summary>A blocking log's writers have been told to wait, so that only what they had in hand comes on top. A first message always fits.</summary>
    private bool IsOverfull(long more)
    {
        bool bounded = options.NonBlocking || options.Async || !_reachable || _released;
        return _waiting + more > Math.Max(bounded ? options.Buffer : options.Buffer * 8, more);
    }

    private async Task RunAsync()
    {
        List<RemoteEntry> batch = new(LargestBatch);
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (batch.Count < LargestBatch && _queue.Reader.TryRead(out RemoteEntry? entry))
            {
                batch.Add(entry);
            }

            await SendAsync(batch);
            lock (_lock)
            {
                _waiting -= batch.Sum(Size);
            }

            batch.Clear();
            WakeWriters();
        }
    }

    private async Task SendAsync(List<RemoteEntry> batch)
    {
        TimeSpan pause = options.Retry;
        for (int tries = 1; ; tries++)
        {
            try
            {
                await sender.ConnectAsync(_end.Token);
                _reachable = true;
                _loss.Add(await sender.SendAsync(batch, _end.Token), Title, "too large");
                return;
            }
            catch (OperationCanceledException)
            {
                _loss.Add(batch.Count, Title, "the container has ended before the collector took all");
                return;
            }
            catch (Exception error) when (IsBroken(error))
            {
                // The first failure may be an old connection that the collector has closed.
                if (tries > 1)
                {
                    MarkUnreachable(error);
                }

                if (tries > options.MaxRetries)
                {
                    _loss.Add(batch.Count, Title, error.Message);
                    return;
                }
            }
            catch (Exception error)
            {
                s_log.Error(error, "{Log}: sending failed", Title);
                _loss.Add(batch.Count, Title, error.Message);
                return;
            }

            if (!await PauseAsync(tries == 1 ? TimeSpan.Zero : pause))
            {
                _loss.Add(batch.Count, Title, "the collector cannot be reached");
                return;
            }

            pause = pause * 2 < options.LongestRetry ? pause * 2 : options.LongestRetry;
        }
    }

    private void MarkUnreachable(Exception error)
    {
        if (_reachable)
        {
            s_log.Warn("{Log}: the collector cannot be reached, trying again: {Reason}", Title, error.Message);
            _reachable = false;
            WakeWriters();
        }
    }

    /// <returns>False when there is no more time.</returns>
    private async Task<bool> PauseAsync(TimeSpan pause)
    {
        try
        {
            await Task.Delay(pause, _end.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private void WakeWriters()
    {
        lock (_lock)
        {
            if (_room is not null && (_waiting < options.Buffer || _released || _closed || !_reachable))
            {
                _room.TrySetResult();
                _room = null;
            }
        }
    }

    /// <summary>Numbers the parts of one stream's long lines.</summary>
    private sealed class PartTracker
    {
        private string? _id;
        private int _number;

        public LinePart? Next(bool whole)
        {
            if (_id is null)
            {
                if (whole)
                {
                    return null;
                }

                (_id, _number) = (Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)), 0);
            }

            LinePart part = new(_id, ++_number, whole);
            _id = whole ? null : _id;
            return part;
        }
    }
}
