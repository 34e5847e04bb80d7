using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Builds.Files;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Images;
using Rtd.Daemon.Storage;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Builds.Stages;

/// <summary>The file system of an image, or of nothing, to be read; its layers stay until it is disposed of.</summary>
internal sealed class ImageTree : IDisposable
{
    private readonly LayerHold _hold;

    /// <exception cref="EngineException">Not found: the image has gone.</exception>
    public ImageTree(StorageService storage, Image? image)
    {
        _hold = storage.LayerStore.TryHold(image?.ChainId ?? ChainId.Empty) ?? throw EngineException.NotFound($"No such image: {image?.Id}");
        try
        {
            Root = storage.Driver.OpenImage([.. storage.LayerStore.Stack(_hold.ChainId).Select(layer => layer.ChainId)]);
            Tree = new FileTree(Root);
        }
        catch
        {
            _hold.Dispose();
            throw;
        }
    }

    public SafeFileHandle Root { get; }

    public FileTree Tree { get; }

    public void Dispose()
    {
        Root.Dispose();
        _hold.Dispose();
    }
}
