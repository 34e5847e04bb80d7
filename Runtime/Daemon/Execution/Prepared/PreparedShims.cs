using NLog;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Prepared;

/// <summary>
/// A small stock of rtinits that were cloned ahead, so that a start does not wait for new pid and network namespaces and for the shim's loader and runtime,
/// nor an exec for the latter. What else makes a container is made when it is known, the other namespaces too: one of mounts that was copied ahead would
/// keep what the host unmounts busy.
/// </summary>
/// <remarks>
/// Kinds are the namespaces that a shim was cloned with; those for execs have none. There is a stock only while containers or execs are started. Those that
/// become a container are used when young: a process's start time is that of its clone, and to the container's first process it is to be the time of its
/// start. A shim ends when its sync socket does, so that none outlives the daemon.
/// </remarks>
/// <param name="cloneAsync">Makes a shim with the given namespaces.</param>
/// <param name="size">How many of each kind are kept ready; 0 keeps none.</param>
internal sealed class PreparedShims(Func<ulong, Task<PreparedShim>> cloneAsync, Func<int> size)
{
    /// <summary>The kind for execs.</summary>
    public const ulong ForExec = 0;

    /// <summary>The namespaces that can be made ahead: the others copy something of the host.</summary>
    private const ulong Ahead = Libc.CLONE_NEWPID | Libc.CLONE_NEWNET;

    /// <summary>A command that has just been started goes first.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(10), s_demand = TimeSpan.FromSeconds(60), s_look = TimeSpan.FromSeconds(1);

    private static readonly Logger s_log = LogManager.GetLogger("containers");

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Stock> _stocks = [];
    private readonly SemaphoreSlim _wanted = new(0);
    private Task _keeping = Task.CompletedTask;
    private bool _closed;

    /// <summary>What a shim of the stock has of the namespaces that a container is to have, or null when it can be none of the stock.</summary>
    public static ulong? KindOf(ulong cloneFlags) => (cloneFlags & Libc.CLONE_NEWPID) != 0 ? cloneFlags & Ahead : null;

    /// <summary>One of the stock, which is the caller's from now on; null when there is none.</summary>
    public PreparedShim? Take(ulong kind)
    {
        lock (_lock)
        {
            while (_stocks.TryGetValue(kind, out Stock? stock) && stock.Shims.TryDequeue(out PreparedShim? shim))
            {
                if (size() > 0 && IsFresh(shim))
                {
                    return shim;
                }

                Discard(shim);
            }
        }

        return null;
    }

    /// <summary>A container or an exec of this kind has been started: more are expected.</summary>
    public void Used(ulong kind)
    {
        lock (_lock)
        {
            if (_closed || size() == 0)
            {
                return;
            }

            if (!_stocks.TryGetValue(kind, out Stock? stock))
            {
                _stocks[kind] = stock = new Stock();
            }

            stock.UsedAt = Environment.TickCount64;
            if (_wanted.CurrentCount == 0)
            {
                _wanted.Release();
            }

            if (_keeping.IsCompleted)
            {
                _keeping = Task.Run(KeepAsync);
            }
        }
    }

    /// <summary>Ends all of them, for good.</summary>
    public async Task CloseAsync()
    {
        Task keeping;
        lock (_lock)
        {
            _closed = true;
            keeping = _keeping;
            _wanted.Release();
        }

        await keeping;
        await TidyAsync();
    }

    private static bool IsFresh(PreparedShim shim) => shim.IsThere && (shim.Kind == ForExec || !IsOlder(shim.At, s_age));

    private static bool IsOlder(long at, TimeSpan age) => Environment.TickCount64 - at > age.TotalMilliseconds;

    /// <summary>Fills up and renews, until nothing was started for a while. Starts need none of it, so it must not throw.</summary>
    private async Task KeepAsync()
    {
        try
        {
            await FillAsync();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "preparing sandboxes");
        }
    }

    private async Task FillAsync()
    {
        while (await TidyAsync())
        {
            if (await _wanted.WaitAsync(s_look))
            {
                await Task.Delay(s_pause);
            }

            while (Missing() is { } kind && await TryAddAsync(kind))
            {
            }
        }
    }

    /// <summary>Drops what is too old or not wanted any more; false when nothing is left to do.</summary>
    private async Task<bool> TidyAsync()
    {
        List<PreparedShim> old = [];
        lock (_lock)
        {
            foreach ((ulong kind, Stock stock) in _stocks.ToArray())
            {
                bool wanted = !_closed && size() > 0 && !IsOlder(stock.UsedAt, s_demand);
                while (stock.Shims.TryPeek(out PreparedShim? shim) && (!wanted || !IsFresh(shim)))
                {
                    old.Add(stock.Shims.Dequeue());
                }

                if (!wanted)
                {
                    _stocks.Remove(kind);
                }
            }
        }

        await Task.WhenAll(old.Select(static shim => shim.DiscardAsync()));
        lock (_lock)
        {
            if (_stocks.Count > 0)
            {
                return true;
            }

            _keeping = Task.CompletedTask;
            return false;
        }
    }

    private ulong? Missing()
    {
        lock (_lock)
        {
            return _closed ? null : _stocks.Where(pair => pair.Value.Shims.Count < size()).Select(pair => (ulong?)pair.Key).FirstOrDefault();
        }
    }

    /// <summary>False when the kernel refuses: a start that needs one will say why.</summary>
    private async Task<bool> TryAddAsync(ulong kind)
    {
        PreparedShim shim;
        try
        {
            shim = await cloneAsync(kind);
        }
        catch (SyscallException refusal)
        {
            s_log.Debug("no shim is prepared: {0}", refusal.Message);
            return false;
        }

        lock (_lock)
        {
            if (!_closed && _stocks.TryGetValue(kind, out Stock? stock))
            {
                stock.Shims.Enqueue(shim);
                return true;
            }
        }

        await shim.DiscardAsync();
        return false;
    }

    /// <summary>Beside the start that found it.</summary>
    private static void Discard(PreparedShim shim) => _ = DiscardAsync(shim);

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private static async Task DiscardAsync(PreparedShim shim)
    {
        try
        {
            await shim.DiscardAsync();
        }
        catch (Exception failure)
        {
            s_log.Warn(failure, "ending a prepared shim");
        }
    }

    private sealed class Stock
    {
        public Queue<PreparedShim> Shims { get; } = [];

        public long UsedAt { get; set; }
    }
}
