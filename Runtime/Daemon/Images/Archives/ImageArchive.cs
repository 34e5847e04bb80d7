using System.Text;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Compression;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Unpack;

namespace Rtd.Daemon.Images.Archives;

/// <summary>An archive of images, read once from front to back: layers are unpacked as they go by, its other files lie one behind the other in a spool file.</summary>
/// <remarks>
/// Which file is what is known only when manifest.json or index.json has come, and tar has no order. No name of the archive ever becomes
/// a name on disk.
/// </remarks>
internal sealed class ImageArchive : IDisposable
{
    /// <summary>An image has at most some hundreds of files; what has more is meant to fill memory.</summary>
    private const int MaxEntries = 100_000;

    /// <summary>For manifests, indexes and configs: far more than real ones have, little enough to parse.</summary>
    private const int MaxDocument = 8 << 20;

    private const int MaxLinks = 8;

    private readonly SpoolFile _spool;
    private readonly Dictionary<string, (long Offset, long Length)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ArchivedContent> _layers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private ImageArchive(SpoolFile spool) => _spool = spool;

    /// <summary>Reads the whole stream, which may be compressed.</summary>
    /// <param name="source">Not closed.</param>
    /// <param name="contents">Takes what looks like a layer.</param>
    /// <param name="spoolDirectory">On the file system that has room for the rest.</param>
    /// <exception cref="EngineException">Invalid parameter: damaged or hostile.</exception>
    public static ImageArchive Read(Stream source, ArchivedContents contents, string spoolDirectory, CancellationToken cancelled)
    {
        ImageArchive archive = new(new SpoolFile(spoolDirectory));
        try
        {
            using Stream plain = Plain(source, cancelled);
            using BufferedStream buffered = new(plain, 64 * 1024);
            archive.ReadEntries(new TarReader(buffered), contents, cancelled);
            return archive;
        }
        catch (InvalidDataException damaged)
        {
            archive.Dispose();
            throw TarError.Archive(damaged.Message, damaged);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>A small file, whole.</summary>
    /// <exception cref="EngineException">Invalid parameter: missing, or not small.</exception>
    public byte[] ReadDocument(string name)
    {
        (long offset, long length) = Locate(name);
        if (length > MaxDocument)
        {
            throw EngineException.InvalidParameter($"invalid archive: {name} is too large");
        }

        byte[] content = new byte[length];
        using Stream file = _spool.Open(offset, length);
        file.ReadExactly(content);
        return content;
    }

    /// <summary>Bytes of a file.</summary>
    /// <exception cref="EngineException">Invalid parameter: missing.</exception>
    public long Length(string name) => Layer(name)?.Length ?? Locate(name).Length;

    /// <summary>The layer that a file was unpacked as; null when it did not look like one.</summary>
    public ArchivedContent? Layer(string name) => _layers.GetValueOrDefault(Resolve(name));

    public void Dispose()
    {
        foreach (ArchivedContent layer in _layers.Values)
        {
            layer.Dispose();
        }

        _spool.Dispose();
    }

    /// <summary>Decompressing takes as long as unpacking, so it is done beside it.</summary>
    private static Stream Plain(Stream source, CancellationToken cancelled)
    {
        Stream plain = Decompression.Open(source, out CompressionFormat format);
        return format == CompressionFormat.None ? plain : new ReadAheadStream(
            stopped =>
            {
                // A client that sends nothing more must not keep a refused archive open.
                stopped.Register(() => (source as BlockingStream)?.Interrupt());
                return plain;
            },
            cancelled);
    }

    private void ReadEntries(TarReader reader, ArchivedContents contents, CancellationToken cancelled)
    {
        byte[] buffer = new byte[128 * 1024];
        while (reader.Next() is { } entry)
        {
            cancelled.ThrowIfCancellationRequested();
            if (entry.Type == TarEntryType.Directory)
            {
                continue;
            }

            if (_files.Count + _layers.Count + _links.Count >= MaxEntries)
            {
                throw EngineException.InvalidParameter($"invalid archive: more than {MaxEntries} entries");
            }

            string name = Name(entry, entry.Name);
            switch (entry.Type)
            {
                case TarEntryType.File:
                    Forget(name);
                    ReadFile(name, entry, reader, contents, buffer, cancelled);
                    break;
                case TarEntryType.HardLink:
                    AddLink(name, Name(entry, entry.LinkName));
                    break;
                case TarEntryType.SymbolicLink:
                    AddLink(name, SymbolicTarget(entry, name));
                    break;
                default:
                    throw TarError.Entry(entry, "neither a file nor a link");
            }
        }
    }

    private void ReadFile(string name, TarEntry entry, TarReader reader, ArchivedContents contents, byte[] buffer, CancellationToken cancelled)
    {
        TarMemberContent content = new(reader);
        int peeked = content.ReadAtLeast(buffer.AsSpan(0, ArchivedContents.PeekLength), ArchivedContents.PeekLength, throwOnEndOfStream: false);
        if (ArchivedContents.MayBeLayer(name, buffer.AsSpan(0, peeked)))
        {
            _layers[name] = contents.Take(name, new PrefixedStream(buffer.AsMemory(0, peeked), content), entry.Size, cancelled);
            return;
        }

        long start = _spool.Length;
        _spool.Append(buffer.AsSpan(0, peeked));
        int read;
        while ((read = content.Read(buffer)) > 0)
        {
            cancelled.ThrowIfCancellationRequested();
            _spool.Append(buffer.AsSpan(0, read));
        }

        _files[name] = (start, _spool.Length - start);
    }

    private void AddLink(string name, string target)
    {
        Forget(name);
        _links[name] = target;
    }

    /// <summary>A later entry of a name takes the place of an earlier one.</summary>
    private void Forget(string name)
    {
        _files.Remove(name);
        _links.Remove(name);
        if (_layers.Remove(name, out ArchivedContent? layer))
        {
            layer.Dispose();
        }
    }

    /// <summary>docker save wrote a layer that two images share once, and links to it like <c>../ID/layer.tar</c>.</summary>
    private static string SymbolicTarget(TarEntry entry, string name)
    {
        List<string> path = [.. name.Split('/')[..^1]];
        foreach (string component in Encoding.UTF8.GetString(entry.LinkName).Split('/'))
        {
            switch (component)
            {
                case "" or ".":
                    break;
                case "..":
                    if (path.Count == 0)
                    {
                        throw TarError.Entry(entry, "symbolic link leads out of the archive");
                    }

                    path.RemoveAt(path.Count - 1);
                    break;
                default:
                    path.Add(component);
                    break;
            }
        }

        return string.Join('/', path);
    }

    private static string Name(TarEntry entry, byte[] name) => Encoding.UTF8.GetString(EntryPath.Parse(entry, name).Path.AsSpan(..^1));

    private (long Offset, long Length) Locate(string name) => Find(name) ?? throw EngineException.InvalidParameter($"invalid archive: {name} is missing");

    private (long Offset, long Length)? Find(string name) => _files.TryGetValue(Resolve(name), out (long, long) place) ? place : null;

    private string Resolve(string name)
    {
        for (int i = 0; i < MaxLinks && _links.TryGetValue(name, out string? target); i++)
        {
            name = target;
        }

        return name;
    }
}
