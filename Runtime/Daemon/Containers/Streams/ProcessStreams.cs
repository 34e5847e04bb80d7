using System.Collections.Immutable;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Logging;

namespace Rtd.Daemon.Containers.Streams;

/// <summary>The streams of one run of a process: its output goes to the log and to every attached client, clients find its stdin here.</summary>
/// <remarks>
/// It exists before the process, so that a client can attach first and miss nothing. The lock covers only the log and the list of clients;
/// waiting for a slow client happens outside of it.
/// </remarks>
internal sealed class ProcessStreams(bool tty) : ILedgerSink
{
    private readonly Lock _gate = new();
    private readonly LineSplitter _stdout = new(OutputStream.Stdout);
    private readonly LineSplitter _stderr = new(OutputStream.Stderr);
    private readonly TaskCompletionSource<IContainerProcess> _process = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<AttachedClient> _clients = [];
    private ILogDriver? _log;
    private OutputLedger? _ledger;
    private IOutputSink? _follower;
    private DateTimeOffset _lastTime;
    private bool _released;
    private bool _ended;

    /// <summary>The process once it runs; cancelled when its start failed.</summary>
    public Task<IContainerProcess> Process => _process.Task;

    public bool Tty => tty;

    public OutputLedger? Ledger => _ledger;

    /// <summary>Sets where output is logged; before the process runs.</summary>
    /// <param name="ledger">Where it is noted how far that is, for a daemon to come; the streams take it over.</param>
    public void SetLog(ILogDriver log, OutputLedger? ledger = null)
    {
        lock (_gate)
        {
            _log = log;
            _ledger = ledger;
            if (ledger is not null)
            {
                _stdout.Restore(ledger.RestOf(OutputStream.Stdout), NextTime());
                _stderr.Restore(ledger.RestOf(OutputStream.Stderr), NextTime());
            }
        }
    }

    /// <summary>Has somebody in the daemon itself take all output, as fast as he wants to; before the process runs.</summary>
    public void Follow(IOutputSink follower) => _follower = follower;

    public void SetProcess(IContainerProcess process)
    {
        _process.TrySetResult(process);
        process.Reaped.ContinueWith(
            static (_, streams) => ((ProcessStreams)streams!).ReleaseBackPressure(), this, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Adds a client for the output from now on.</summary>
    public AttachedClient Attach(bool stdout, bool stderr) => Attach(stdout, stderr, raw: false, out _);

    /// <summary>Adds a client and says where the log ends for it: what is not in the log up to there will be delivered, or is given along.</summary>
    /// <param name="raw">Without frames, also when it is no terminal.</param>
    public AttachedClient Attach(bool stdout, bool stderr, bool raw, out AttachPoint point)
    {
        AttachedClient client = new(tty || raw, stdout, stderr);
        lock (_gate)
        {
            _log?.Flush();
            point = new AttachPoint(NextTime(), _stdout.Unfinished.ToArray(), _stderr.Unfinished.ToArray());
            if (_released)
            {
                client.ReleaseBackPressure();
            }

            if (!_ended)
            {
                _clients = _clients.Add(client);
                return client;
            }
        }

        _ = client.CompleteAsync().AsTask();
        return client;
    }

    public void Detach(AttachedClient client)
    {
        client.Dispose();
        lock (_gate)
        {
            _clients = _clients.Remove(client);
        }
    }

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data) => WriteAsync(stream, data, DateTimeOffset.UtcNow);

    public ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> data, DateTimeOffset at)
    {
        ImmutableArray<AttachedClient> clients;
        ValueTask room = ValueTask.CompletedTask;
        lock (_gate)
        {
            clients = _clients;
            if (_log is { } log)
            {
                LineSplitter splitter = Splitter(stream);
                splitter.Split(data, NextTime(at), log);
                log.Flush();
                if (log is IRewindableLog rewindable)
                {
                    _ledger?.Commit(stream, splitter.Unfinished, rewindable.Position);
                    rewindable.Settle();
                }

                room = log.WaitForRoomAsync();
            }
        }

        return clients.IsEmpty && _follower is null ? room : DeliverAsync(clients, stream, data, room);
    }

    /// <summary>Writes the last, unfinished lines to the log. Clients stay until <see cref="EndAsync"/>: their connection ends after the state is known.</summary>
    public ValueTask CompleteAsync()
    {
        lock (_gate)
        {
            if (_log is { } log)
            {
                _stdout.Flush(NextTime(), log);
                _stderr.Flush(NextTime(), log);
                log.Flush();
            }
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>The run is over (or never began): every client reads to the end of its pipe and then sees the end.</summary>
    public async Task EndAsync()
    {
        ImmutableArray<AttachedClient> clients;
        lock (_gate)
        {
            _ended = true;
            _log = null;
            _ledger?.Dispose();
            _ledger = null;
            (clients, _clients) = (_clients, []);
        }

        _process.TrySetCanceled();
        foreach (AttachedClient client in clients)
        {
            await client.CompleteAsync();
        }
    }

    /// <summary>
    /// Once the process is gone, its last output (what the kernel's pipe holds) waits for no client any more: a client that does not read
    /// must not keep a dead container running.
    /// </summary>
    public void ReleaseBackPressure()
    {
        ImmutableArray<AttachedClient> clients;
        lock (_gate)
        {
            _released = true;
            clients = _clients;
            _log?.ReleaseBackPressure();
        }

        foreach (AttachedClient client in clients)
        {
            client.ReleaseBackPressure();
        }
    }

    private async ValueTask DeliverAsync(ImmutableArray<AttachedClient> clients, OutputStream stream, ReadOnlyMemory<byte> data, ValueTask room)
    {
        await room;
        foreach (AttachedClient client in clients)
        {
            await client.DeliverAsync(stream, data);
        }

        if (_follower is not null)
        {
            await _follower.WriteAsync(stream, data);
        }
    }

    private LineSplitter Splitter(OutputStream stream) => stream == OutputStream.Stderr ? _stderr : _stdout;

    /// <summary>Strictly rising, so that an attach point divides messages without doubt.</summary>
    private DateTimeOffset NextTime() => NextTime(DateTimeOffset.UtcNow);

    private DateTimeOffset NextTime(DateTimeOffset at) => _lastTime = at > _lastTime ? at : _lastTime.AddTicks(1);
}
