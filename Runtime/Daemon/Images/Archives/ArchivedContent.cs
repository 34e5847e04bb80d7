using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Layers;

namespace Rtd.Daemon.Images.Archives;

/// <summary>A layer's file of an archive, after it went by: unpacked, refused, or found to be in the store already.</summary>
internal sealed class ArchivedContent : IDisposable
{
    /// <summary>SHA-256 of the file in the archive, which may be compressed; empty when it was refused.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Bytes of the file in the archive.</summary>
    public required long Length { get; init; }

    /// <summary>Why it cannot be a layer; only an error when an image wants it to be one.</summary>
    public EngineException? Refusal { get; init; }

    /// <summary>What was unpacked, until it becomes a layer of the store.</summary>
    public LayerStage? Stage { get; private set; }

    /// <summary>A layer of the store with this content, once there is one.</summary>
    public LayerHold? Layer { get; private set; }

    public static ArchivedContent Unpacked(string digest, long length, LayerStage stage) => new() { Digest = digest, Length = length, Stage = stage };

    public static ArchivedContent Known(string digest, long length, LayerHold layer) => new() { Digest = digest, Length = length, Layer = layer };

    /// <summary>What was staged is a layer now.</summary>
    /// <param name="layer">A hold that is taken over.</param>
    public void Adopted(LayerHold layer)
    {
        Stage?.Dispose();
        Stage = null;
        Layer = layer;
    }

    public void Dispose()
    {
        Stage?.Dispose();
        Layer?.Dispose();
    }
}
