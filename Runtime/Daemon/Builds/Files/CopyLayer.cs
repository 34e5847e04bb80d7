using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Files;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.Storage.Unpack;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Files;

/// <summary>Writes what COPY and ADD make as a layer's archive, with the classic builder's rules of what goes where.</summary>
/// <remarks>
/// A layer replaces what it names, so every path in it is one without links: those of the image and of the layer itself are followed here. An
/// archive with two members of one name could not be saved again, so it is gone through twice: first to see who comes last.
/// </remarks>
/// <param name="image">The root of the image that the layer is laid over.</param>
/// <param name="owner">Of directories that are made on the way.</param>
/// <param name="room">For what archives hold; null when there are none.</param>
internal sealed class CopyLayer(FileTree image, IReadOnlyList<CopySource> sources, CopyDestination destination, CopyOptions options, FileOwner owner, FreeRoom? room)
{
    private readonly Dictionary<string, long> _last = [];
    private readonly byte[] _buffer = new byte[128 * 1024];
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private Dictionary<(ulong, ulong), string> _linked = [];
    private LayerPaths _paths = new(image);
    private TarWriter? _tar;
    private Stream _output = Stream.Null;
    private SharedContents? _shared;
    private long _number;

    /// <summary>Writes the archive to its end; blocks.</summary>
    /// <exception cref="EngineException">Invalid parameter: a file where a directory is needed, or a damaged archive.</exception>
    /// <param name="shared">Is told of which files members are copies.</param>
    public void Write(Stream output, SharedContents shared, CancellationToken cancelled)
    {
        using BufferedStream buffered = new(output, 128 * 1024);
        PutAll(cancelled);
        _paths = new LayerPaths(image);
        _linked = [];
        _number = 0;
        _output = buffered;
        _tar = new TarWriter(buffered);
        _shared = shared;
        PutAll(cancelled);
        _tar.Finish();
        buffered.Flush();
    }

    /// <summary>A layer with nothing but a directory, made as far as it is missing; null when it is there.</summary>
    public static Action<Stream>? Directory(FileTree image, string path)
    {
        CopyLayer layer = new(image, [], new CopyDestination("", true), new CopyOptions(), FileOwner.Root, null);
        string resolved = layer._paths.Resolve(path, followLast: true);
        return layer._paths.IsDirectory(resolved) ? null : output =>
        {
            using BufferedStream buffered = new(output, 16 * 1024);
            layer._output = buffered;
            layer._tar = new TarWriter(buffered);
            layer.MakeDirectories(resolved, FileOwner.Root);
            layer._tar.Finish();
            buffered.Flush();
        };
    }

    private void PutAll(CancellationToken cancelled)
    {
        foreach (CopySource source in sources)
        {
            string place = Place(source);
            if (source.IsArchive)
            {
                MakeDirectories(place, FileOwner.Root);
                SourceArchive.Read(source.Files[0], room, (reader, entry) => PutMember(reader, entry, place, cancelled), cancelled);
                continue;
            }

            if (source.IsDirectory)
            {
                MakeDirectories(BytePath.Directory(place), FileOwner.Root);
            }

            MakeDirectories(source.IsDirectory ? place : BytePath.Directory(place), owner);
            foreach (LayerFile file in source.Files.Skip(source.IsDirectory ? 1 : 0))
            {
                cancelled.ThrowIfCancellationRequested();
                Put(file, BytePath.Join(place, file.Path), cancelled);
            }
        }
    }

    /// <summary>A directory's content goes into the destination; a file goes into it if it is, or is to be, a directory, and else becomes it.</summary>
    private string Place(CopySource source)
    {
        string resolved = _paths.Resolve(destination.Path, followLast: true);
        if (source.Above.Length > 0 || options.Parents)
        {
            resolved = _paths.Resolve(BytePath.Join(resolved, source.Above), followLast: true);
            return source.IsDirectory ? resolved : BytePath.Join(resolved, source.Name);
        }

        bool into = !source.IsDirectory && !source.IsArchive && (destination.MustBeDirectory || _paths.IsDirectory(resolved));
        return into ? BytePath.Join(resolved, source.Name) : resolved;
    }

    private void Put(LayerFile file, string path, CancellationToken cancelled)
    {
        long number = ++_number;
        if (path.Length == 0)
        {
            return; // the root stays as it is
        }

        MakeDirectories(BytePath.Directory(path), owner);
        _paths.Made(path, file.Type, file.LinkTarget);
        if (!IsLast(path, file.Type, number))
        {
            return;
        }

        string? first = null;
        if (file.Identity is { } identity && !_linked.TryGetValue(identity, out first))
        {
            _linked[identity] = path;
        }

        if (first is null && file.Open is { } open && file.Size >= SharedContents.Least)
        {
            _shared?.Offer(BytePath.ToBytes(path), open);
        }

        _tar!.Begin(Entry(file, path, first));
        if (first is null && file.Type == TarEntryType.File)
        {
            WriteContent(file, cancelled);
        }

        _tar.End();
    }

    private void PutMember(TarReader reader, TarEntry entry, string place, CancellationToken cancelled)
    {
        long number = ++_number;
        EntryPath name = EntryPath.Parse(entry, entry.Name.AsSpan().TrimStart((byte)'/') is { IsEmpty: false } relative ? relative : "."u8);
        if (name.IsRoot)
        {
            return; // the destination is there already, and stays as it is
        }

        string path = Follow(place, BytePath.FromBytes(name.Path.AsSpan(..^1)));
        MakeDirectories(BytePath.Directory(path), FileOwner.Root);
        string target = entry.Type switch
        {
            TarEntryType.SymbolicLink => BytePath.FromBytes(entry.LinkName),
            TarEntryType.HardLink => Follow(place, BytePath.FromBytes(EntryPath.Parse(entry, entry.LinkName.AsSpan().TrimStart((byte)'/')).Path.AsSpan(..^1))),
            _ => "",
        };
        _paths.Made(path, entry.Type, target);
        if (!IsLast(path, entry.Type, number))
        {
            return;
        }

        _tar!.Begin(new TarEntry
        {
            Name = Name(path, entry.Type),
            LinkName = BytePath.ToBytes(target),
            Type = entry.Type,
            Size = entry.Size,
            Mode = options.Mode ?? entry.Mode,
            Uid = options.Owner?.Uid ?? entry.Uid,
            Gid = options.Owner?.Gid ?? entry.Gid,
            Modified = entry.Modified,
            DeviceMajor = entry.DeviceMajor,
            DeviceMinor = entry.DeviceMinor,
            Xattrs = entry.Xattrs,
        });
        int read;
        while ((read = reader.ReadContent(_buffer)) > 0)
        {
            cancelled.ThrowIfCancellationRequested();
            _output.Write(_buffer, 0, read);
        }

        _tar.End();
    }

    private string Follow(string place, string member) =>
        BytePath.Join(_paths.Resolve(BytePath.Join(place, BytePath.Directory(member)), followLast: true), BytePath.Name(member));

    /// <summary>In the first round everybody is told of; in the second only who comes last writes. Directories merge.</summary>
    private bool IsLast(string path, TarEntryType type, long number)
    {
        if (_tar is null)
        {
            _last[path] = number;
            return false;
        }

        return type == TarEntryType.Directory || _last[path] == number;
    }

    /// <summary>Those that the image has are named too, as they are: a layer that only implies them would be unpacked elsewhere with other modes.</summary>
    private void MakeDirectories(string path, FileOwner made)
    {
        if (path.Length == 0 || _paths.IsMade(path))
        {
            return;
        }

        MakeDirectories(BytePath.Directory(path), made);
        if (_paths.Below(path) is { } status)
        {
            if (status.Type != Libc.S_IFDIR)
            {
                throw EngineException.InvalidParameter($"mkdir /{BytePath.Show(path)}: not a directory");
            }

            _paths.Made(path, TarEntryType.Directory);
            _tar?.Begin(Directory(path, status.Permissions(), new FileOwner(status.stx_uid, status.stx_gid), new TarTime(status.stx_mtime.tv_sec, 0)));
            return;
        }

        _paths.Made(path, TarEntryType.Directory);
        _tar?.Begin(Directory(path, 0x1ED, made, new TarTime(_now.ToUnixTimeSeconds(), 0)));
    }

    private void WriteContent(LayerFile file, CancellationToken cancelled)
    {
        if (file.Content is { } content)
        {
            _output.Write(content);
            return;
        }

        using Stream stream = SourceArchive.OpenContent(file);
        long left = file.Size;
        while (left > 0)
        {
            cancelled.ThrowIfCancellationRequested();
            int read = stream.Read(_buffer, 0, (int)Math.Min(_buffer.Length, left));
            if (read == 0)
            {
                throw EngineException.System($"{BytePath.Show(file.Path)} became shorter while it was copied");
            }

            _output.Write(_buffer, 0, read);
            left -= read;
        }
    }

    private static TarEntry Entry(LayerFile file, string path, string? linkedTo) => new()
    {
        Name = Name(path, file.Type),
        LinkName = BytePath.ToBytes(linkedTo ?? file.LinkTarget),
        Type = linkedTo is null ? file.Type : TarEntryType.HardLink,
        Size = linkedTo is null ? file.Size : 0,
        Mode = file.Mode,
        Uid = file.Owner.Uid,
        Gid = file.Owner.Gid,
        Modified = file.Modified,
        DeviceMajor = file.Device.Major,
        DeviceMinor = file.Device.Minor,
        Xattrs = linkedTo is null ? file.Xattrs : [],
    };

    private static TarEntry Directory(string path, uint mode, FileOwner owner, TarTime modified) => new()
    {
        Name = Name(path, TarEntryType.Directory),
        LinkName = [],
        Type = TarEntryType.Directory,
        Size = 0,
        Mode = mode,
        Uid = owner.Uid,
        Gid = owner.Gid,
        Modified = modified,
        DeviceMajor = 0,
        DeviceMinor = 0,
        Xattrs = [],
    };

    private static byte[] Name(string path, TarEntryType type) => BytePath.ToBytes(type == TarEntryType.Directory ? path + "/" : path);
}
