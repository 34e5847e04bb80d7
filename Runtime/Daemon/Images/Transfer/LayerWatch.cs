namespace Rtd.Daemon.Images.Transfer;

/// <summary>Somebody's wait for a download; the download ends when the last one is disposed of.</summary>
internal sealed class LayerWatch(LayerDownload download, string id, ITransferProgress progress) : IDisposable
{
    private int _left;

    /// <summary>What this client calls the layer.</summary>
    public string Id => id;

    public ITransferProgress Progress => progress;

    /// <summary>Ends when the layer is published. It stays for as long as this watch does.</summary>
    public Task Completion => download.Completion;

    /// <summary>A second watch on the same download, silent: for the layer above it.</summary>
    public LayerWatch Again() => download.Again(this);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _left, 1) == 0)
        {
            download.Leaving(this);
        }
    }
}
