using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Rtd.Daemon.Containers.State;

/// <summary>A queue of one: who awaits <see cref="AcquireAsync"/> has it alone until the result is disposed. Not re-entrant.</summary>
internal sealed class AsyncLock
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);
    private volatile string? _holder;
    private long _since;
    private int _waiting;

    /// <param name="purpose">For <see cref="ToString"/>: what it is held for.</param>
    public async ValueTask<Holder> AcquireAsync(CancellationToken cancellation = default, [CallerMemberName] string purpose = "")
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _semaphore.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
        _holder = purpose;
        return new Holder(this);
    }

    /// <summary>Who holds it, since when, and how many wait.</summary>
    public override string ToString()
    {
        string? holder = _holder;
        return holder is null
            ? "free"
            : $"held for {Stopwatch.GetElapsedTime(Volatile.Read(ref _since)).TotalSeconds:0.000} s by {holder}, {Volatile.Read(ref _waiting)} waiting";
    }

    private void Release()
    {
        _holder = null;
        _semaphore.Release();
    }

    internal readonly struct Holder(AsyncLock held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
