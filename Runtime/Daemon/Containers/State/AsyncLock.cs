namespace Rtd.Daemon.Containers.State;

/// <summary>A queue of one: who awaits <see cref="AcquireAsync"/> has it alone until the result is disposed. Not re-entrant.</summary>
internal sealed class AsyncLock
{
    private readonly SemaphoreSlim _semaphore = new(1, 1);

    public async ValueTask<Holder> AcquireAsync(CancellationToken cancellation = default)
    {
        await _semaphore.WaitAsync(cancellation);
        return new Holder(_semaphore);
    }

    internal readonly struct Holder(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}
