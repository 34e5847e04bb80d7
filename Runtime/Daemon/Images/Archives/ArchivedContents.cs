using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Layers;
using Rtd.Daemon.Storage.Tar;

namespace Rtd.Daemon.Images.Archives;

/// <summary>Takes the layers out of an archive as it goes by, so that they are neither stored twice nor read twice.</summary>
/// <remarks>
/// Which image a layer belongs to, and on top of what, is only known when the manifest has come, often last. Unpacking needs neither: what
/// looks like a layer is staged, and what no image wants is thrown away.
/// </remarks>
internal sealed class ArchivedContents(LayerStore layers, IProgressOutput progress)
{
    /// <summary>How much of a file is looked at to tell whether it may be a layer.</summary>
    public const int PeekLength = TarHeader.Length;

    private const int DigestLength = 64, ShortLength = 12;

    /// <summary>True for what begins like a tar, or like something compressed, and is not called a document.</summary>
    public static bool MayBeLayer(string name, ReadOnlySpan<byte> start) => !name.EndsWith(".json", StringComparison.Ordinal) && LooksLikeLayer(start);

    /// <summary>Reads a file to its end and makes a layer of it, or finds that there is one.</summary>
    /// <param name="name">Of the file. Layers are often named by their digest.</param>
    public ArchivedContent Take(string name, Stream content, long length, CancellationToken cancelled)
    {
        string hex = DigestIn(name);
        return hex.Length > 0 && layers.HoldContent("sha256:" + hex) is { } known
            ? Compare(name, content, length, known, "sha256:" + hex, cancelled)
            : Unpack(content, length, hex.Length > 0 ? hex[..ShortLength] : name, cancelled);
    }

    private static bool LooksLikeLayer(ReadOnlySpan<byte> start) => Decompression.Detect(start) != CompressionFormat.None
        || (start.Length == TarHeader.Length && (!start.ContainsAnyExcept((byte)0) || TarHeader.IsHeader(start)));

    private ArchivedContent Unpack(Stream content, long length, string id, CancellationToken cancelled)
    {
        using HashingStream hashed = new(new ProgressStream(content, length, id, "Loading layer", progress));
        try
        {
            using Stream plain = Decompression.Open(hashed, out CompressionFormat format);
            LayerStage stage = layers.Stage(plain, endMarker: false, cancelled);
            Drain(hashed, cancelled);
            return ArchivedContent.Unpacked(format == CompressionFormat.None ? stage.DiffId : hashed.Digest(), length, stage);
        }
        catch (EngineException refused) when (refused.Kind == ErrorKind.InvalidParameter)
        {
            Drain(content, cancelled);
            return new ArchivedContent { Length = length, Refusal = refused };
        }
    }

    private static ArchivedContent Compare(string name, Stream content, long length, LayerHold known, string digest, CancellationToken cancelled)
    {
        using HashingStream hashed = new(content);
        try
        {
            Drain(hashed, cancelled);
        }
        catch
        {
            known.Dispose();
            throw;
        }

        if (hashed.Digest() == digest)
        {
            return ArchivedContent.Known(digest, length, known);
        }

        known.Dispose();
        return new ArchivedContent { Length = length, Refusal = EngineException.InvalidParameter($"invalid archive: {name} does not have the digest it is named for") };
    }

    /// <summary>A decompressor stops at its own end; the digest of the file covers what is behind that, too.</summary>
    private static void Drain(Stream stream, CancellationToken cancelled)
    {
        byte[] buffer = new byte[64 * 1024];
        while (stream.Read(buffer) > 0)
        {
            cancelled.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The digest that a name like <c>blobs/sha256/HEX</c>, <c>HEX/layer.tar</c> or <c>HEX.tar</c> holds; empty when it holds none.</summary>
    private static string DigestIn(string name) =>
        Array.Find(name.Split('/', '.'), part => part.Length == DigestLength && !part.AsSpan().ContainsAnyExcept("0123456789abcdef")) ?? "";
}
