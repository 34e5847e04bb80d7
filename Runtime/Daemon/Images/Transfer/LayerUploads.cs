using System.IO.Compression;
using Rtd.Daemon.Images.Archives;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Transfer;

/// <summary>Sees to it that a registry has a layer: because it has it, because another of its repositories does, or by sending it.</summary>
internal sealed class LayerUploads(LayerStore layers, LayerSources sources, RegistryConnector connector)
{
    /// <summary>How many guesses are worth a question each before the layer is simply sent.</summary>
    private const int MaxQuestions = 3;

    private const int MaxAttempts = 5;

    /// <summary>Milliseconds between two reports of bytes.</summary>
    private const int ReportInterval = 100;

    private readonly SemaphoreSlim _slots = new(connector.Options.MaxConcurrentUploads);

    /// <summary>The caller holds the layer.</summary>
    /// <param name="name">The repository's full name, domain first.</param>
    /// <returns>The blob that holds the layer there.</returns>
    public async Task<OciDescriptor> EnsureAsync(Layer layer, RemoteRepository repository, ImageReference name, ITransferProgress progress, CancellationToken cancelled)
    {
        string id = layer.DiffId["sha256:".Length..][..12];
        if (!await _slots.WaitAsync(0, cancelled))
        {
            progress.State(id, "Waiting");
            await _slots.WaitAsync(cancelled);
        }

        try
        {
            return await RetryAsync(() => TryAsync(layer, id, repository, name, progress, cancelled), id, progress, cancelled);
        }
        finally
        {
            _slots.Release();
        }
    }

    private static async Task<OciDescriptor> RetryAsync(Func<Task<OciDescriptor>> upload, string id, ITransferProgress progress, CancellationToken cancelled)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await upload();
            }
            catch (Exception failure) when (attempt < MaxAttempts && !cancelled.IsCancellationRequested
                && failure is RegistryUnreachableException or RegistryException { IsTransient: true })
            {
                TimeSpan asked = (failure as RegistryException)?.RetryAfter ?? TimeSpan.Zero;
                TimeSpan wait = TimeSpan.FromMilliseconds(Math.Clamp(Math.Max(500 << (attempt - 1), asked.TotalMilliseconds), 0, 60_000));
                progress.State(id, $"Retrying in {Math.Ceiling(wait.TotalSeconds)} seconds");
                await Task.Delay(wait, cancelled);
            }
        }
    }

    private async Task<OciDescriptor> TryAsync(Layer layer, string id, RemoteRepository repository, ImageReference name, ITransferProgress progress, CancellationToken cancelled)
    {
        IReadOnlyList<LayerSource> known = sources.Of(layer.ChainId);
        foreach (LayerSource source in known.OrderByDescending(source => source.Repository == name.Name).DistinctBy(source => source.Digest).Take(MaxQuestions))
        {
            if (await repository.FindBlobAsync(source.Digest, cancelled) is not null)
            {
                progress.State(id, "Layer already exists");
                return Done(layer, source with { Repository = name.Name });
            }
        }

        Uri? upload = null;
        foreach (LayerSource source in known.Where(source => IsNeighbour(source, name)).Take(MaxQuestions))
        {
            string from = source.Repository[(name.RegistryDomain.Length + 1)..];
            upload = await repository.BeginUploadAsync((source.Digest, from), cancelled);
            if (upload is null)
            {
                progress.State(id, $"Mounted from {from}");
                return Done(layer, source with { Repository = name.Name });
            }
        }

        upload ??= await repository.BeginUploadAsync(null, cancelled);
        LayerSource sent = await SendAsync(layer, id, repository, name, upload!, progress, cancelled);
        progress.State(id, "Pushed");
        return Done(layer, sent);
    }

    private static bool IsNeighbour(LayerSource source, ImageReference name) =>
        source.Repository != name.Name && source.Repository.StartsWith(name.RegistryDomain + "/", StringComparison.Ordinal);

    private async Task<LayerSource> SendAsync(
        Layer layer, string id, RemoteRepository repository, ImageReference name, Uri upload, ITransferProgress progress, CancellationToken cancelled)
    {
        // A challenge in the middle makes the body anew; the last one made is the one that was taken.
        ParallelGzip? gzip = null;
        try
        {
            await repository.UploadAsync(
                upload,
                async (output, stop) =>
                {
                    gzip?.Dispose();
                    gzip = new ParallelGzip(CompressionLevel.Fastest);
                    await gzip.RunAsync((plain, ended) => layers.WriteArchive(layer, new Counted(plain, sent => progress.Bytes(id, "Pushing", sent, layer.ArchiveSize)), ended), output, stop);
                },
                () => gzip!.Digest(),
                cancelled);
            return new LayerSource(gzip!.Digest(), gzip.Size, name.Name);
        }
        finally
        {
            gzip?.Dispose();
        }
    }

    private OciDescriptor Done(Layer layer, LayerSource source)
    {
        sources.Add(layer.ChainId, source);
        return new OciDescriptor { MediaType = MediaTypes.DockerLayer, Digest = source.Digest, Size = source.Size };
    }

    /// <summary>Tells from time to time how much has passed.</summary>
    private sealed class Counted(Stream target, Action<long> report) : PushStream
    {
        private long _count;
        private long _lastReport;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            target.Write(buffer);
            _count += buffer.Length;
            long now = Environment.TickCount64;
            if (now - _lastReport >= ReportInterval)
            {
                _lastReport = now;
                report(_count);
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush() => target.Flush();
    }
}
