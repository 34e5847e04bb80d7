using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.Storage.Unpack;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>Unpacks an archive into a directory of a container, which may be changing it at the same time.</summary>
/// <remarks>
/// Directories are resolved with the container's root as the root of every link. The last component is always made new, held by an fd
/// from then on, and owner, mode, attributes and times are set through that fd: what is swapped in under its name meanwhile is not touched
/// (CVE-2021-41089). The unpacking has a thread of its own and may block.
/// </remarks>
internal sealed class ArchiveExtraction : IDisposable
{
    private readonly byte[] _destination;
    private readonly ExtractionOptions _options;
    private readonly SafeFileHandle _root;
    private readonly IdMaps? _maps;
    private readonly ParentDirectories _parents;
    private readonly DirectoryEndings _endings;
    private readonly TreeRemoval _removal;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);

    /// <param name="destination">An existing directory.</param>
    /// <param name="spoolDirectory">Where temporary files go.</param>
    public ArchiveExtraction(ContainerRoot root, ContainerPath destination, ExtractionOptions options, string spoolDirectory)
    {
        _root = root.Tree;
        _maps = root.Maps;
        _destination = destination.Clean == "/" ? [] : [.. destination.Bytes.AsSpan(..^1), (byte)'/'];
        _options = options;
        _parents = new ParentDirectories(root.Tree, ContainerRoot.Inside);
        _endings = new DirectoryEndings(spoolDirectory);
        _removal = new TreeRemoval(spoolDirectory);
    }

    /// <exception cref="EngineException">The archive is damaged, or something in it is not possible; what came before it is unpacked.</exception>
    public void Run(TarReader reader, CancellationToken cancelled)
    {
        while (reader.Next() is { } entry)
        {
            cancelled.ThrowIfCancellationRequested();
            try
            {
                Unpack(reader, entry, cancelled);
            }
            catch (SyscallException error) when (error.Errno == Libc.EROFS)
            {
                throw new EngineException(ErrorKind.Forbidden, $"\"{entry.Display}\": {Libc.strerror(Libc.EROFS)}", error);
            }
            catch (SyscallException error) when (error.Errno == Libc.EBUSY || TarError.IsTheArchives(error.Errno))
            {
                throw TarError.Entry(entry, Libc.strerror(error.Errno), error);
            }
        }

        _endings.Apply(_root.Fd());
    }

    public void Dispose()
    {
        _parents.Dispose();
        _endings.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private void Unpack(TarReader reader, TarEntry entry, CancellationToken cancelled)
    {
        // Absolute names are meant from the destination on.
        ReadOnlySpan<byte> name = entry.Name.AsSpan().TrimStart((byte)'/');
        if (name.IsEmpty || EntryPath.Parse(entry, name).IsRoot)
        {
            return; // the destination is there already, and stays as it is
        }

        EntryPath path = Place(entry, name);
        int parent = _parents.Open(path.Directory());
        switch (entry.Type)
        {
            case TarEntryType.Directory:
                UnpackDirectory(entry, path, parent);
                break;
            case TarEntryType.File:
                UnpackFile(reader, entry, path, parent, cancelled);
                break;
            case TarEntryType.HardLink:
                UnpackHardLink(entry, path, parent);
                break;
            case TarEntryType.SymbolicLink:
                UnpackSymbolicLink(entry, path, parent);
                break;
            default:
                UnpackNode(entry, path, parent);
                break;
        }
    }

    private EntryPath Place(TarEntry entry, ReadOnlySpan<byte> name) => EntryPath.Parse(entry, [.. _destination, .. name]);

    /// <summary>A directory merges with one that is there.</summary>
    private void UnpackDirectory(TarEntry entry, EntryPath path, int parent)
    {
        int made = Libc.try_mkdirat(parent, path.Name, 0x1C0);
        int fd = made is 0 or -Libc.EEXIST ? OpenDirectory(parent, path.Name) : made;
        if (fd is -Libc.ENOTDIR or -Libc.ELOOP)
        {
            Remove(entry, path, parent);
            Check("mkdirat", path, Libc.try_mkdirat(parent, path.Name, 0x1C0));
            fd = OpenDirectory(parent, path.Name);
        }

        Check("openat", path, fd);
        using SafeFileHandle directory = Libc.Own(fd);
        Check("fchown", path, Libc.try_fchownat(fd, ".\0"u8, Uid(entry), Gid(entry)));
        Check("fchmod", path, Libc.try_fchmodat(fd, ".\0"u8, entry.Mode));
        SetXattrs(entry, fd);
        _endings.Add(path.Path, entry.Modified, Outside(entry, TreeAttributes.DefaultAcl.ToArray(), EntryXattrs.DefaultAcl(entry).ToArray()));
    }

    private static int OpenDirectory(int parent, ReadOnlySpan<byte> name) => Libc.try_openat(parent, name, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);

    private void UnpackFile(TarReader reader, TarEntry entry, EntryPath path, int parent, CancellationToken cancelled)
    {
        const int CreateNew = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW;
        int fd = Libc.try_openat(parent, path.Name, CreateNew, 0x180);
        if (fd == -Libc.EEXIST)
        {
            Remove(entry, path, parent);
            fd = Libc.try_openat(parent, path.Name, CreateNew, 0x180);
        }

        Check("openat", path, fd);
        using SafeFileHandle file = Libc.Own(fd);
        long offset = 0;
        int read;
        while ((read = reader.ReadContent(_buffer)) > 0)
        {
            cancelled.ThrowIfCancellationRequested();
            RandomAccess.Write(file, _buffer.AsSpan(0, read), offset);
            offset += read;
        }

        SetMetadata(entry, path, fd);
    }

    /// <summary>The target is a path from the destination on; a symbolic link as target is linked to itself.</summary>
    private void UnpackHardLink(TarEntry entry, EntryPath path, int parent)
    {
        EntryPath target = Place(entry, entry.LinkName.AsSpan().TrimStart((byte)'/'));
        int directory = _parents.TryOpen(target.Directory());
        Check("openat2", target, directory);
        using SafeFileHandle targetParent = Libc.Own(directory);
        int linked = Libc.try_linkat(directory, target.Name, parent, path.Name);
        if (linked == -Libc.EEXIST)
        {
            Check("statx", target, Libc.try_statx(directory, target.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t wanted));
            Check("statx", path, Libc.try_statx(parent, path.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t there));
            if (wanted.Identity() == there.Identity())
            {
                return;
            }

            Remove(entry, path, parent);
            linked = Libc.try_linkat(directory, target.Name, parent, path.Name);
        }

        Check("linkat", path, linked);
    }

    /// <summary>Wherever it leads: only the container will follow it, or who resolves it in the container's root.</summary>
    private void UnpackSymbolicLink(TarEntry entry, EntryPath path, int parent)
    {
        if (entry.LinkName.Length is 0 or >= 4096)
        {
            throw TarError.Entry(entry, "invalid symbolic link target");
        }

        byte[] target = [.. entry.LinkName, 0];
        int made = Libc.try_symlinkat(target, parent, path.Name);
        if (made == -Libc.EEXIST)
        {
            Remove(entry, path, parent);
            made = Libc.try_symlinkat(target, parent, path.Name);
        }

        Check("symlinkat", path, made);
        FinishByName(entry, path, parent, Libc.S_IFLNK);
    }

    private void UnpackNode(TarEntry entry, EntryPath path, int parent)
    {
        uint type = entry.Type switch
        {
            TarEntryType.CharacterDevice => Libc.S_IFCHR,
            TarEntryType.BlockDevice => Libc.S_IFBLK,
            _ => Libc.S_IFIFO,
        };
        ulong device = Libc.makedev(entry.DeviceMajor, entry.DeviceMinor);
        int made = Libc.try_mknodat(parent, path.Name, type | 0x180, device);
        if (made == -Libc.EEXIST)
        {
            Remove(entry, path, parent);
            made = Libc.try_mknodat(parent, path.Name, type | 0x180, device);
        }

        Check("mknodat", path, made);
        FinishByName(entry, path, parent, type);
    }

    /// <summary>Sets metadata of what cannot be held from the moment it is made; if the name is another's by now, that one is left alone.</summary>
    private void FinishByName(TarEntry entry, EntryPath path, int parent, uint type)
    {
        int fd = Libc.try_openat(parent, path.Name, Libc.O_PATH | Libc.O_NOFOLLOW);
        Check("openat", path, fd);
        using SafeFileHandle made = Libc.Own(fd);
        if (Libc.fstat(fd, entry.Display).Type == type)
        {
            SetMetadata(entry, path, fd);
        }
    }

    /// <summary>Owner, then mode, then xattrs, then times: chown takes setuid bits and capabilities away.</summary>
    private void SetMetadata(TarEntry entry, EntryPath path, int fd)
    {
        Check("fchown", path, Libc.try_fchownat(fd, "\0"u8, Uid(entry), Gid(entry), Libc.AT_EMPTY_PATH));
        if (entry.Type != TarEntryType.SymbolicLink)
        {
            Check("fchmod", path, Libc.try_fchmodat(Libc.AT_FDCWD, RawName.Through(fd), entry.Mode));
            SetXattrs(entry, fd);
        }

        Libc.timespec time = new() { tv_sec = entry.Modified.Seconds, tv_nsec = entry.Modified.Nanoseconds };
        Check("utimensat", path, Libc.try_utimensat(fd, "\0"u8, time, time, Libc.AT_EMPTY_PATH));
    }

    private void SetXattrs(TarEntry entry, int fd)
    {
        if (entry.Xattrs.Count > 0)
        {
            byte[] held = RawName.Through(fd);
            EntryXattrs.Set(entry, (key, value) => Libc.try_setxattr(held, key, Outside(entry, key, value)));
        }
    }

    /// <summary>Makes room for an entry, unless a directory would have to give way to something else, or the reverse, and the client forbids that.</summary>
    private void Remove(TarEntry entry, EntryPath path, int parent)
    {
        Check("statx", path, Libc.try_statx(parent, path.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t old));
        bool wasDirectory = old.Type == Libc.S_IFDIR;
        if (_options.NoOverwriteDirNonDir && wasDirectory != (entry.Type == TarEntryType.Directory))
        {
            (string was, string comes) = wasDirectory ? ("directory", "non-directory") : ("non-directory", "directory");
            string destination = "/" + TarEntry.Show(_destination).TrimEnd('/');
            throw EngineException.InvalidParameter($"cannot overwrite {was} \"/{RawName.Show(path.Path)}\" with {comes} \"{destination}\"");
        }

        _removal.RemoveInPlace(parent, path.Name);
        if (wasDirectory)
        {
            _parents.Forget();
        }
    }

    /// <summary>The value of an attribute to be set from here.</summary>
    private byte[] Outside(TarEntry entry, byte[] key, byte[] value)
    {
        try
        {
            return _maps is null ? value : MappedXattrs.ToOutside(key, value, _maps);
        }
        catch (ArgumentException unmapped)
        {
            throw TarError.Entry(entry, unmapped.Message, unmapped);
        }
    }

    private uint Uid(TarEntry entry) => Outside(_options.Owner?.Uid ?? entry.Uid, _maps?.Uids);

    private uint Gid(TarEntry entry) => Outside(_options.Owner?.Gid ?? entry.Gid, _maps?.Gids);

    private static uint Outside(uint id, IdMap? map) => map is null ? id
        : map.ToOutside(id) ?? throw EngineException.InvalidParameter($"Container ID {id} cannot be mapped to a host ID");

    private static void Check(string call, EntryPath path, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, RawName.Show(path.Path));
        }
    }
}
