using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Changes;

/// <summary>Writes objects of a tree as a layer's archive: whiteouts as the OCI layer format has them, hard links, devices, extended attributes.</summary>
/// <remarks>Sockets mean nothing without their process and are left out, as tar and Docker do. Time stamps are whole seconds, Docker's precision in layers.</remarks>
internal sealed class TreeArchive(Stream output, IdMaps? maps, CancellationToken cancelled)
{
    private readonly TarWriter _tar = new(output);
    private readonly Dictionary<(ulong, ulong), byte[]> _linked = [];
    private readonly byte[] _buffer = new byte[128 * 1024];

    /// <summary>Writes a whole tree, or what changed in one, to the end of the archive.</summary>
    /// <param name="maps">When the tree has ids of a user namespace: the archive has those of inside.</param>
    public static void Write(IEnumerable<TreeChange> tree, Stream output, CancellationToken cancelled, IdMaps? maps = null)
    {
        using BufferedStream buffered = new(output, 128 * 1024);
        TreeArchive archive = new(buffered, maps, cancelled);
        foreach (TreeChange change in tree)
        {
            cancelled.ThrowIfCancellationRequested();
            archive.Add(change);
        }

        archive._tar.Finish();
        buffered.Flush();
    }

    private void Add(in TreeChange change)
    {
        if (change.Kind == ChangeKind.Deleted)
        {
            Whiteout(change, change.Name.AsSpan(..^1));
            return;
        }

        switch (change.Status.Type)
        {
            case Libc.S_IFREG:
                AddFile(change);
                break;
            case Libc.S_IFDIR:
                AddDirectory(change);
                break;
            case Libc.S_IFLNK:
                AddLink(change);
                break;
            case Libc.S_IFIFO or Libc.S_IFBLK:
            case Libc.S_IFCHR when !Trees.Whiteout.Is(change.Status):
                AddNode(change);
                break;
        }
    }

    private void AddDirectory(in TreeChange change)
    {
        byte[] name = change.IsRoot ? "./"u8.ToArray() : [.. change.Path.AsSpan(..^1), (byte)'/'];
        _tar.Begin(Entry(change, TarEntryType.Directory, name));
        if (change.HidesBelow)
        {
            Mark([.. name, .. ".wh..wh..opq"u8], change.Status);
        }
    }

    private void AddFile(in TreeChange change)
    {
        int fd = Libc.try_openat(change.Directory, change.Name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK);
        if (fd is -Libc.ENOENT or -Libc.ELOOP)
        {
            return; // replaced since it was listed
        }

        using SafeFileHandle file = fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat", -fd, RawName.Show(change.Path));
        TreeChange now = change with { Status = Libc.fstat(fd, RawName.Show(change.Path)) };
        if (now.Status.Type != Libc.S_IFREG || AddHardLink(now))
        {
            return;
        }

        _tar.Begin(Entry(now, TarEntryType.File, Name(now), size: (long)now.Status.stx_size));
        CopyContent(file, (long)now.Status.stx_size);
        _tar.End();
    }

    /// <summary>True when the same file has been written under another name.</summary>
    private bool AddHardLink(in TreeChange change)
    {
        if (change.Status.stx_nlink <= 1)
        {
            return false;
        }

        if (_linked.TryAdd(change.Status.Identity(), Name(change)))
        {
            return false;
        }

        _tar.Begin(Entry(change, TarEntryType.HardLink, Name(change), link: _linked[change.Status.Identity()]));
        return true;
    }

    /// <summary>As many bytes as the header says: a file that is written to meanwhile is cut, or filled with zeros.</summary>
    private void CopyContent(SafeFileHandle file, long size)
    {
        for (long offset = 0; offset < size;)
        {
            cancelled.ThrowIfCancellationRequested();
            Span<byte> part = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, size - offset));
            int read = RandomAccess.Read(file, part, offset);
            if (read == 0)
            {
                part.Clear();
                read = part.Length;
            }

            output.Write(part[..read]);
            offset += read;
        }
    }

    private void AddLink(in TreeChange change)
    {
        byte[] target = new byte[4096];
        int length = Libc.try_readlinkat(change.Directory, change.Name, target);
        if (length > 0 && !AddHardLink(change))
        {
            _tar.Begin(Entry(change, TarEntryType.SymbolicLink, Name(change), link: target[..length]));
        }
    }

    private void AddNode(in TreeChange change)
    {
        TarEntryType type = change.Status.Type switch
        {
            Libc.S_IFCHR => TarEntryType.CharacterDevice,
            Libc.S_IFBLK => TarEntryType.BlockDevice,
            _ => TarEntryType.Fifo,
        };
        if (!AddHardLink(change))
        {
            _tar.Begin(Entry(change, type, Name(change)));
        }
    }

    private void Whiteout(in TreeChange change, ReadOnlySpan<byte> hidden)
    {
        ReadOnlySpan<byte> directory = change.Path.AsSpan(0, change.Path.Length - change.Name.Length);
        Mark([.. directory, .. ".wh."u8, .. hidden], change.Status);
    }

    private void Mark(byte[] name, in Libc.statx_t status) => _tar.Begin(new TarEntry
    {
        Name = name,
        LinkName = [],
        Type = TarEntryType.File,
        Size = 0,
        Mode = 0x180, // 0600
        Uid = 0,
        Gid = 0,
        Modified = new TarTime(status.stx_mtime.tv_sec, 0),
        DeviceMajor = 0,
        DeviceMinor = 0,
        Xattrs = [],
    });

    private static byte[] Name(in TreeChange change) => change.Path[..^1];

    private TarEntry Entry(in TreeChange change, TarEntryType type, byte[] name, byte[]? link = null, long size = 0)
    {
        bool isDevice = type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice;
        return new TarEntry
        {
            Name = name,
            LinkName = link ?? [],
            Type = type,
            Size = size,
            Mode = change.Status.Permissions(),
            Uid = maps?.Uids.ToInside(change.Status.stx_uid) ?? change.Status.stx_uid,
            Gid = maps?.Gids.ToInside(change.Status.stx_gid) ?? change.Status.stx_gid,
            Modified = new TarTime(change.Status.stx_mtime.tv_sec, 0),
            DeviceMajor = isDevice ? change.Status.stx_rdev_major : 0,
            DeviceMinor = isDevice ? change.Status.stx_rdev_minor : 0,
            Xattrs = type == TarEntryType.HardLink ? [] : Xattrs(RawName.Through(change.Directory, change.Name)),
        };
    }

    private List<KeyValuePair<byte[], byte[]>> Xattrs(byte[] path)
    {
        List<KeyValuePair<byte[], byte[]>> attributes = TreeAttributes.PortableXattrs(path);
        return maps is null ? attributes : [.. attributes.Select(attribute => new KeyValuePair<byte[], byte[]>(attribute.Key, MappedXattrs.ToInside(attribute.Key, attribute.Value, maps)))];
    }
}
