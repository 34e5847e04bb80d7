using System.Buffers;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>Turns a layer's archive into a directory in overlayfs' own format, trusting nothing in it.</summary>
/// <remarks>
/// The directory is private until it is finished, but its content is the archive's: names are resolved by the kernel below the root fd
/// (RESOLVE_IN_ROOT, so that links made by earlier entries lead as they would in a container), and the last component is always made
/// new, never written through. Each refusal names the entry. The whole unpacking has a thread of its own and may block.
/// </remarks>
internal sealed partial class LayerUnpack : IDisposable
{
    private const ulong InRoot = Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS | Libc.RESOLVE_NO_XDEV;

    private readonly SafeFileHandle _root;
    private readonly ImpliedDirectories _implied;
    private readonly DirectoryEndings _endings;
    private readonly TreeRemoval _replaced;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
    private SafeFileHandle? _parent;
    private byte[] _parentPath = [];
    private bool _rootWasNamed;

    /// <param name="root">The empty directory to fill.</param>
    /// <param name="implied">Takes up the directories that the archive takes for granted.</param>
    /// <param name="spoolDirectory">Where temporary files go.</param>
    /// <param name="replaced">Where what later entries replace goes.</param>
    public LayerUnpack(SafeFileHandle root, ImpliedDirectories implied, string spoolDirectory, TreeRemoval replaced)
    {
        _root = root;
        _implied = implied;
        _endings = new DirectoryEndings(spoolDirectory);
        _replaced = replaced;
    }

    /// <summary>Bytes of all files unpacked.</summary>
    public long Size { get; private set; }

    /// <summary>True when an entry took the place of another: then the archive cannot be put together again from the files.</summary>
    public bool LostContent { get; private set; }

    /// <summary>Unpacks all members.</summary>
    /// <exception cref="EngineException">Invalid parameter: the archive is damaged or hostile; names the entry.</exception>
    public void Run(TarReader reader, CancellationToken cancelled)
    {
        while (reader.Next() is { } entry)
        {
            cancelled.ThrowIfCancellationRequested();
            try
            {
                Unpack(reader, entry, cancelled);
            }
            catch (SyscallException error) when (IsTheArchivesFault(error.Errno))
            {
                throw TarError.Entry(entry, Libc.strerror(error.Errno), error);
            }
        }

        Finish();
    }

    public void Dispose()
    {
        _parent?.Dispose();
        _endings.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    /// <summary>A name below a file, a link to nothing, a loop of links, a name too long: not the disk's fault.</summary>
    private static bool IsTheArchivesFault(int errno) =>
        errno is Libc.ENOTDIR or Libc.ENOENT or Libc.EEXIST or Libc.ELOOP or Libc.ENAMETOOLONG or Libc.EXDEV or Libc.EINVAL or Libc.EPERM or Libc.EMLINK or Libc.E2BIG
            or Libc.ERANGE or Libc.EOPNOTSUPP;

    private void Unpack(TarReader reader, TarEntry entry, CancellationToken cancelled)
    {
        EntryPath path = EntryPath.Parse(entry, entry.Name);
        if (IsAufsMetadata(path.Path))
        {
            return;
        }

        CheckReservedNames(entry, path);
        if (path.IsRoot)
        {
            UnpackRoot(entry);
            return;
        }

        int parent = OpenParent(path.Directory());
        if (path.Name.StartsWith(WhiteoutPrefix))
        {
            UnpackWhiteout(entry, path, parent);
            return;
        }

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

    private void Finish()
    {
        if (!_rootWasNamed)
        {
            _implied.Add(Libc.fstat(_root.Fd(), "/"), [0]);
        }

        _endings.Apply(_root.Fd());
    }

    /// <summary>The directory an entry goes into, as an O_PATH fd that stays open for the entries that follow; made when it is not there.</summary>
    private int OpenParent(byte[] directory)
    {
        if (_parent is not null && directory.AsSpan().SequenceEqual(_parentPath))
        {
            return _parent.Fd();
        }

        int fd = OpenDirectory(directory);
        if (fd == -Libc.ENOENT)
        {
            MakeParents(directory);
            fd = OpenDirectory(directory);
        }

        if (fd < 0)
        {
            throw new SyscallException("openat2", -fd, RawName.Show(directory));
        }

        _parent?.Dispose();
        _parent = Libc.Own(fd);
        _parentPath = directory;
        return fd;
    }

    private int OpenDirectory(ReadOnlySpan<byte> path) =>
        Libc.try_openat2(_root.Fd(), path.Length <= 1 ? ".\0"u8 : path, Libc.O_PATH | Libc.O_DIRECTORY, 0, InRoot);

    private void MakeParents(byte[] directory)
    {
        for (int end = 0; end < directory.Length; end++)
        {
            if (directory[end] is not ((byte)'/' or 0))
            {
                continue;
            }

            byte[] prefix = [.. directory.AsSpan(0, end), 0];
            int fd = OpenDirectory(prefix);
            if (fd >= 0)
            {
                Libc.Own(fd).Dispose();
                continue;
            }

            MakeParent(prefix);
        }
    }

    private void MakeParent(byte[] path)
    {
        int slash = Array.LastIndexOf(path, (byte)'/');
        int above = OpenDirectory(slash < 0 ? [0] : [.. path.AsSpan(0, slash), 0]);
        Check("openat2", path, above);
        using SafeFileHandle parent = Libc.Own(above);
        ReadOnlySpan<byte> name = path.AsSpan(slash + 1);
        Check("mkdirat", path, Libc.try_mkdirat(above, name, 0x1ED));
        SetOwnerAndMode(above, name, 0, 0, 0x1ED);
        Check("statx", path, Libc.try_statx(above, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t made));
        _implied.Add(made, path);
    }

    /// <summary>Removes what has the name, whatever it is; the fd cache goes along, as it may be of a directory that was removed.</summary>
    private void Replace(int parent, ReadOnlySpan<byte> name)
    {
        Check("statx", name, Libc.try_statx(parent, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t old));
        LostContent |= !Whiteout.Is(old);
        int result = Libc.try_unlinkat(parent, name);
        if (result == -Libc.EISDIR)
        {
            _replaced.Discard(parent, name);
            _parentPath = [];
        }
        else
        {
            Check("unlinkat", name, result);
        }
    }

    private static void Check(string call, ReadOnlySpan<byte> name, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, RawName.Show(name));
        }
    }
}
