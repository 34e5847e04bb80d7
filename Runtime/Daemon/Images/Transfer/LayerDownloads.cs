using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>The downloads that run, by chain id: pulls that need the same layer share one.</summary>
internal sealed class LayerDownloads(LayerStore layers, LayerSources sources, RegistryConnector connector)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LayerDownload> _running = [];

    public LayerStore Layers => layers;

    public LayerSources Sources => sources;

    /// <summary>One for each download that may run at once.</summary>
    public SemaphoreSlim Slots { get; } = new(connector.Options.MaxConcurrentDownloads);

    public int MaxAttempts => connector.Options.MaxDownloadAttempts;

    /// <summary>Waits for a layer's download, and begins it when nobody has.</summary>
    /// <param name="id">What the client calls the layer.</param>
    public LayerWatch Join(LayerRequest request, string id, ITransferProgress progress)
    {
        lock (_lock)
        {
            if (_running.TryGetValue(request.ChainId, out LayerDownload? running) && !running.Completion.IsFaulted)
            {
                return running.Watch(id, progress);
            }

            LayerDownload download = new(this, request);
            _running[request.ChainId] = download;
            LayerWatch watch = download.Watch(id, progress);
            download.Start();
            return watch;
        }
    }

    internal LayerWatch Watch(LayerDownload download, LayerWatch watch)
    {
        lock (_lock)
        {
            return download.Watch(watch.Id, SilentProgress.Instance);
        }
    }

    internal void Leave(LayerDownload download, LayerWatch watch)
    {
        lock (_lock)
        {
            if (!download.Leave(watch))
            {
                return;
            }

            if (_running.TryGetValue(download.ChainId, out LayerDownload? running) && running == download)
            {
                _running.Remove(download.ChainId);
            }
        }

        download.Abandon();
    }
}
