namespace Rtd.Daemon.Api.Hijack;

/// <summary>
/// How many connections may hold a large head at the same time: it is in memory whole before anybody has been asked who its sender is.
/// Those above the number wait, with what they have sent, for as long as a head may take.
/// </summary>
internal sealed class LargeHeads
{
    /// <summary>In bytes; a larger head needs a place.</summary>
    public const int Ordinary = 32 << 10;

    /// <summary>16 MiB in all. A build with hundreds of arguments keeps its place for a millisecond.</summary>
    private const int Most = 16;

    private readonly SemaphoreSlim _places = new(Most);

    /// <summary>Takes a place; given back by disposing of the result.</summary>
    /// <exception cref="OperationCanceledException">None has become free.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken slow)
    {
        await _places.WaitAsync(slow);
        return new Place(_places);
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? _places = places;

        public void Dispose() => Interlocked.Exchange(ref _places, null)?.Release();
    }
}
