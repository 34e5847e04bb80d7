using Microsoft.Win32.SafeHandles;
using Newtonsoft.Json;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Unpack;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Layers;

internal sealed partial class LayerStore
{
    private const string RecordName = "layer.json", TapeName = "tape.gz", DiffName = "diff";

    /// <summary>Unpacks an archive as a layer on top of a chain, unless that very layer exists already.</summary>
    /// <param name="parent">The chain below, which the caller holds; empty for the lowest layer.</param>
    /// <param name="archive">The uncompressed archive; read to its end.</param>
    /// <param name="expectedDiffId">What its digest must be, or null when it is not known.</param>
    /// <param name="endMarker">The archive must have its end marker: for decompressors that cannot tell a cut stream from a whole one.</param>
    /// <param name="shared">Files that the archive's members are copies of.</param>
    /// <returns>A hold on the new chain.</returns>
    /// <exception cref="EngineException">Invalid parameter: a damaged or hostile archive, or too many layers. Nothing is left of it.</exception>
    public LayerHold Register(string parent, Stream archive, string? expectedDiffId, bool endMarker, CancellationToken cancelled, SharedContents? shared = null)
    {
        CheckDepth(parent.Length == 0 ? 1 : Stack(parent).Count + 1);
        using LayerStage stage = Stage(archive, endMarker, cancelled, shared);
        return Adopt(stage, parent, expectedDiffId, cancelled);
    }

    /// <summary>Unpacks an archive beside the layers. What lies below it is not needed yet: layers of one image are staged in any order, and at once.</summary>
    /// <param name="archive">The uncompressed archive; read to its end.</param>
    /// <param name="endMarker">The archive must have its end marker.</param>
    /// <param name="shared">Files that the archive's members are copies of.</param>
    /// <exception cref="EngineException">Invalid parameter: a damaged or hostile archive. Nothing is left of it.</exception>
    public LayerStage Stage(Stream archive, bool endMarker, CancellationToken cancelled, SharedContents? shared = null)
    {
        string path = _layout.NewStage();
        try
        {
            return Unpack(path, archive, endMarker, shared, cancelled);
        }
        catch
        {
            _removal.Discard(path);
            _removal.EmptySoon();
            throw;
        }
    }

    /// <summary>Makes what was staged a layer on top of a chain, unless that very layer exists already.</summary>
    /// <param name="stage">Stays the caller's to dispose.</param>
    /// <param name="parent">The chain below, which the caller holds; empty for the lowest layer.</param>
    /// <param name="expectedDiffId">What its digest must be, or null when it is not known.</param>
    /// <returns>A hold on the new chain.</returns>
    /// <exception cref="EngineException">Invalid parameter: another digest, or too many layers.</exception>
    public LayerHold Adopt(LayerStage stage, string parent, string? expectedDiffId, CancellationToken cancelled)
    {
        CheckDepth(parent.Length == 0 ? 1 : Stack(parent).Count + 1);
        if (expectedDiffId is not null && stage.DiffId != expectedDiffId)
        {
            throw EngineException.InvalidParameter($"wrong diff id calculated on extraction: expected {expectedDiffId}, got {stage.DiffId}");
        }

        Layer layer = new() { ChainId = ChainId.On(parent, stage.DiffId), DiffId = stage.DiffId, Parent = parent, Size = stage.Size, ArchiveSize = stage.ArchiveSize };
        return TryHold(layer.ChainId) ?? Finish(stage, layer, cancelled);
    }

    /// <summary>Makes the same layer once more, on top of another chain.</summary>
    /// <param name="chainId">A layer that the caller holds.</param>
    /// <param name="parent">The chain below the new one, which the caller holds.</param>
    /// <exception cref="EngineException">As of <see cref="Register"/>; system when the layer's archive cannot be made again.</exception>
    public LayerHold Copy(string chainId, string parent, string expectedDiffId, CancellationToken cancelled)
    {
        Layer layer = Stack(chainId)[0];
        CheckArchive(layer);
        return PipedStream.Run(
            output => WriteArchive(layer, output, cancelled),
            archive => Register(parent, archive, expectedDiffId, endMarker: false, cancelled));
    }

    /// <exception cref="EngineException">Invalid parameter: more layers than a mount can have.</exception>
    public static void CheckDepth(int layers)
    {
        if (layers > MaxDepth)
        {
            throw EngineException.InvalidParameter($"max depth exceeded: an image can have at most {MaxDepth} layers");
        }
    }

    private LayerStage Unpack(string stage, Stream archive, bool endMarker, SharedContents? shared, CancellationToken cancelled)
    {
        string diff = Path.Combine(stage, DiffName);
        string tapePath = Path.Combine(stage, TapeName);
        OwnFiles.SpreadOut(stage);
        OwnFiles.MakeDirectory(diff, OwnFiles.SharedDirectory);
        using HashingStream hashed = new(archive);
        using BufferedStream buffered = new(hashed, 64 * 1024);
        using SafeFileHandle root = Libc.open(diff, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        ImpliedDirectories implied = new();
        using LayerUnpack unpack = new(root, implied, stage, _removal, shared);
        using (TarTape tape = new(tapePath))
        {
            Read(new TarReader(buffered, tape), unpack, endMarker, cancelled);
        }

        if (unpack.LostContent)
        {
            File.Delete(tapePath);
        }

        return new LayerStage(_removal, stage, implied) { DiffId = hashed.Digest(), Size = unpack.Size, ArchiveSize = hashed.Count };
    }

    private static void Read(TarReader reader, LayerUnpack unpack, bool endMarker, CancellationToken cancelled)
    {
        try
        {
            unpack.Run(reader, cancelled);
            reader.Drain(cancelled);
        }
        catch (InvalidDataException damaged)
        {
            throw TarError.Archive(damaged.Message, damaged);
        }

        if (endMarker && !reader.SawEndMarker)
        {
            throw TarError.Archive("unexpected end of archive");
        }
    }

    /// <summary>Everything is on the disk before the rename makes it a layer; whoever comes second with the same layer uses the first one's.</summary>
    private LayerHold Finish(LayerStage stage, Layer layer, CancellationToken cancelled)
    {
        string[] parent = Chain(layer.Parent);
        ApplyImplied(stage, parent);
        _driver.Complete(stage.Path, parent, cancelled);
        AtomicFile.Write(Path.Combine(stage.Path, RecordName), JsonConvert.SerializeObject(layer));
        using (SafeFileHandle directory = Libc.open(stage.Path, Libc.O_RDONLY | Libc.O_DIRECTORY))
        {
            Libc.syncfs(directory.Fd(), stage.Path);
        }

        cancelled.ThrowIfCancellationRequested();
        lock (_lock)
        {
            return TryHold(layer.ChainId) ?? Publish(stage.Path, layer);
        }
    }

    private void ApplyImplied(LayerStage stage, string[] parent)
    {
        if (parent.Length > 0 && !stage.Implied.IsEmpty)
        {
            using SafeFileHandle root = Libc.open(Path.Combine(stage.Path, DiffName), Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
            using LowerDirectories lowers = new(_driver.LowerDirectories(parent));
            stage.Implied.Apply(root, lowers);
        }
    }

    private LayerHold Publish(string stage, Layer layer)
    {
        string final = _layout.Layer(layer.ChainId);
        _removal.Discard(final); // only there when it was damaged and not loaded
        OwnFiles.RenameNew(stage, final);
        using SafeFileHandle layers = Libc.open(_layout.Layers, Libc.O_RDONLY | Libc.O_DIRECTORY);
        Libc.fsync_storage(layers.Fd(), _layout.Layers);
        _driver.Publish(layer.ChainId);
        Add(layer);
        return Hold(layer.ChainId);
    }

    private string[] Chain(string chainId) => Stack(chainId).Select(layer => layer.ChainId).ToArray();
}
