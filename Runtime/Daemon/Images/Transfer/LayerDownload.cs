using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>
/// One layer on its way from a registry into the store, for everyone who waits for it. Network, digest and decompression run on one thread,
/// unpacking on another; when what lies below is there, the layer is published.
/// </summary>
internal sealed class LayerDownload
{
    /// <summary>Milliseconds between two reports of bytes.</summary>
    private const int ReportInterval = 100;

    private static readonly Logger s_log = LogManager.GetLogger("registry");

    private readonly Lock _lock = new();
    private readonly List<LayerWatch> _watchers = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly LayerDownloads _downloads;
    private readonly LayerRequest _request;
    private readonly LayerWatch? _below;
    private readonly RegistrySession _session;
    private string _state = "Pulling fs layer";
    private (long Current, long Total) _bytes;
    private long _lastReport;
    private LayerHold? _hold;

    public LayerDownload(LayerDownloads downloads, LayerRequest request)
    {
        _downloads = downloads;
        _request = request;
        _below = request.Below?.Again();
        _session = request.Repository.Session.Share();
    }

    public string ChainId => _request.ChainId;

    /// <summary>Ends when the layer is published; the download holds it until nobody waits any more.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>Called once, when the first watcher is there.</summary>
    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>One more who waits; told at once how far it is.</summary>
    public LayerWatch Watch(string id, ITransferProgress progress)
    {
        LayerWatch watch = new(this, id, progress);
        lock (_lock)
        {
            _watchers.Add(watch);
            Report(watch);
        }

        return watch;
    }

    /// <summary>One less; true when it was the last.</summary>
    internal bool Leave(LayerWatch watch)
    {
        lock (_lock)
        {
            return _watchers.Remove(watch) && _watchers.Count == 0;
        }
    }

    internal LayerWatch Again(LayerWatch watch) => _downloads.Watch(this, watch);

    internal void Leaving(LayerWatch watch) => _downloads.Leave(this, watch);

    /// <summary>Nobody waits any more: stops what still runs, and lets go of the layer.</summary>
    internal void Abandon()
    {
        _stop.Cancel();
        _ = Completion.ContinueWith(
            _ =>
            {
                _hold?.Dispose();
                _below?.Dispose();
                _session.Dispose();
                _stop.Dispose();
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private async Task RunAsync()
    {
        CancellationToken stop = _stop.Token;
        if (_downloads.Layers.TryHold(_request.ChainId) is { } published)
        {
            _hold = published;
            State("Already exists");
            return;
        }

        using LayerStage stage = await StageAsync(stop);
        State("Download complete");
        if (_below is not null)
        {
            await _below.Completion.WaitAsync(stop);
        }

        Bytes("Extracting", _request.Descriptor.Size, _request.Descriptor.Size);
        _hold = _downloads.Layers.Adopt(stage, _request.Parent, _request.DiffId, stop);
        _downloads.Sources.Add(_request.ChainId, new LayerSource(_request.Descriptor.Digest, _request.Descriptor.Size, _request.RepositoryName));
        State("Pull complete");
    }

    private async Task<LayerStage> StageAsync(CancellationToken stop)
    {
        SemaphoreSlim slots = _downloads.Slots;
        if (!await slots.WaitAsync(0, stop))
        {
            State("Waiting");
            await slots.WaitAsync(stop);
        }

        try
        {
            return await Task.Factory.StartNew(() => Stage(stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            slots.Release();
        }
    }

    private LayerStage Stage(CancellationToken stop)
    {
        using ReadAheadStream archive = new(Open, stop);
        return _downloads.Layers.Stage(archive, endMarker: false, stop);
    }

    private LayerBlob Open(CancellationToken stop)
    {
        OciDescriptor descriptor = _request.Descriptor;
        BlobStream blob = new(OpenAtAsync, descriptor, _downloads.MaxAttempts, wait => State($"Retrying in {Math.Ceiling(wait.TotalSeconds)} seconds"), stop);
        return new LayerBlob(blob, descriptor, Received, () => State("Verifying Checksum"));
    }

    /// <summary>A foreign layer is wherever its descriptor says, in the order it says.</summary>
    private async Task<HttpResponseMessage> OpenAtAsync(long offset, CancellationToken stop)
    {
        if (_request.Descriptor.Urls is not { Count: > 0 } urls)
        {
            return await _request.Repository.OpenBlobAsync(_request.Descriptor.Digest, offset, stop);
        }

        for (int i = 0; ; i++)
        {
            Uri url = Uri.TryCreate(urls[i], UriKind.Absolute, out Uri? parsed) && parsed.Scheme is "http" or "https"
                ? parsed
                : throw EngineException.InvalidParameter($"unsupported url of foreign layer {_request.Descriptor.Digest}: \"{urls[i]}\" is neither http nor https");
            try
            {
                return await _request.Repository.OpenForeignAsync(url, offset, stop);
            }
            catch (Exception failure) when (i + 1 < urls.Count && failure is (RegistryException or IOException))
            {
                s_log.Info("foreign layer {Digest} is not at {Url}: {Reason}", _request.Descriptor.Digest, url, failure.Message);
            }
        }
    }

    private void Received(long count)
    {
        long now = Environment.TickCount64;
        if (now - _lastReport >= ReportInterval)
        {
            _lastReport = now;
            Bytes("Downloading", count, _request.Descriptor.Size);
        }
    }

    private void State(string state)
    {
        lock (_lock)
        {
            _state = state;
            _bytes = default;
            _watchers.ForEach(Report);
        }
    }

    private void Bytes(string state, long current, long total)
    {
        lock (_lock)
        {
            _state = state;
            _bytes = (current, total);
            _watchers.ForEach(Report);
        }
    }

    private void Report(LayerWatch watch)
    {
        if (_bytes.Current > 0)
        {
            watch.Progress.Bytes(watch.Id, _state, _bytes.Current, _bytes.Total);
        }
        else
        {
            watch.Progress.State(watch.Id, _state);
        }
    }
}
