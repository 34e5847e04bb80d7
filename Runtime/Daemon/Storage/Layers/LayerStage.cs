using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.Storage.Unpack;

namespace Rtd.Daemon.Storage.Layers;

/// <summary>A layer that is unpacked and not yet one of the store's; disposing of it removes what did not become one.</summary>
internal sealed class LayerStage(TreeRemoval removal, string path, ImpliedDirectories implied) : IDisposable
{
    /// <summary>SHA-256 of the layer's uncompressed archive.</summary>
    public required string DiffId { get; init; }

    /// <summary>Bytes of the files in this layer.</summary>
    public required long Size { get; init; }

    /// <summary>Bytes of the layer's uncompressed archive.</summary>
    public required long ArchiveSize { get; init; }

    /// <summary>The staged directory.</summary>
    internal string Path => path;

    /// <summary>What is still to be taken over from the layers below.</summary>
    internal ImpliedDirectories Implied => implied;

    public void Dispose()
    {
        removal.Discard(path);
        removal.EmptySoon();
    }
}
