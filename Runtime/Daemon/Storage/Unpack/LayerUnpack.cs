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
    private readonly ParentDirectories _parents;
    private readonly SharedContents? _shared;
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
    private bool _rootWasNamed;

    /// <param name="root">The empty directory to fill.</param>
    /// <param name="implied">Takes up the directories that the archive takes for granted.</param>
    /// <param name="spoolDirectory">Where temporary files go.</param>
    /// <param name="replaced">Where what later entries replace goes.</param>
    /// <param name="shared">Files that members are copies of; null when nothing is known of that.</param>
    public LayerUnpack(SafeFileHandle root, ImpliedDirectories implied, string spoolDirectory, TreeRemoval replaced, SharedContents? shared)
    {
        _root = root;
        _shared = shared;
        _implied = implied;
        _parents = new ParentDirectories(root, InRoot, implied.Add);
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
            catch (SyscallException error) when (TarError.IsTheArchives(error.Errno))
            {
                throw TarError.Entry(entry, Libc.strerror(error.Errno), error);
            }
        }

        Finish();
    }

    public void Dispose()
    {
        _parents.Dispose();
        _endings.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

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

        int parent = _parents.Open(path.Directory());
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

    /// <summary>Removes what has the name, whatever it is; the fd cache goes along, as it may be of a directory that was removed.</summary>
    private void Replace(int parent, ReadOnlySpan<byte> name)
    {
        Check("statx", name, Libc.try_statx(parent, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t old));
        LostContent |= !Whiteout.Is(old);
        int result = Libc.try_unlinkat(parent, name);
        if (result == -Libc.EISDIR)
        {
            _replaced.Discard(parent, name);
            _parents.Forget();
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
