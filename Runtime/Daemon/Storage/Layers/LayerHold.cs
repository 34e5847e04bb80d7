namespace Rtd.Daemon.Storage.Layers;

/// <summary>Keeps a layer and all below it from being removed, until it is disposed. <see cref="LayerStore.EmptyTrash"/> is to follow.</summary>
internal sealed class LayerHold(LayerStore store, string chainId) : IDisposable
{
    private int _released;

    /// <summary>Empty for a stack without layers.</summary>
    public string ChainId { get; } = chainId;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            store.Release(ChainId);
        }
    }
}
