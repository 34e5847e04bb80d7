namespace Rtd.Daemon.Storage.Layers;

/// <summary>Keeps a layer and all below it from being removed, until it is disposed.</summary>
internal sealed class LayerHold(LayerStore store, string chainId) : IDisposable
{
    private int _released;

    /// <summary>Empty for a stack without layers.</summary>
    public string ChainId { get; } = chainId;

    /// <summary>Lets go; what that removes leaves the disk beside the caller.</summary>
    public void Dispose()
    {
        Release();
        store.EmptyTrash();
    }

    /// <summary>Lets go under somebody's lock; <see cref="LayerStore.EmptyTrash"/> is to follow without it.</summary>
    public void Release()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            store.Release(ChainId);
        }
    }
}
