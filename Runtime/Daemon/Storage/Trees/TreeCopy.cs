using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Copies a tree with owners, modes, times, xattrs, hard links, devices and fifos, fd-relative on both sides, following no link.</summary>
internal sealed class TreeCopy
{
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;

    private readonly int _source;
    private readonly int _target;
    private readonly TreeRemoval? _replaced;
    private readonly CancellationToken _cancelled;
    private readonly Dictionary<(ulong, ulong), byte[]> _linked = [];
    private readonly List<(byte[] Path, Libc.statx_t Status)> _directories = [];

    private TreeCopy(int source, int target, TreeRemoval? replaced, CancellationToken cancelled)
    {
        _source = source;
        _target = target;
        _replaced = replaced;
        _cancelled = cancelled;
    }

    /// <summary>Copies what is in the source directory into the target directory, and the source directory's own attributes onto it.</summary>
    /// <param name="source">Fd of a directory that does not change meanwhile.</param>
    /// <param name="target">Fd of an existing directory.</param>
    public static void Copy(int source, int target, CancellationToken cancelled = default) => new TreeCopy(source, target, null, cancelled).Run();

    /// <summary>Lays a tree in overlayfs' format over a full one: whiteouts and opaque directories remove, directories merge, all else replaces.</summary>
    /// <param name="replaced">Where what is replaced goes.</param>
    public static void Merge(int source, int target, TreeRemoval replaced, CancellationToken cancelled = default) =>
        new TreeCopy(source, target, replaced, cancelled).Run();

    private void Run()
    {
        Queue<byte[]> pending = new([[0]]);
        while (pending.TryDequeue(out byte[]? path))
        {
            CopyDirectory(path, pending);
        }

        // Last, and the deepest first: making an entry in a directory changes its time stamp, and gives the entry its default ACL.
        for (int i = _directories.Count - 1; i >= 0; i--)
        {
            (byte[] path, Libc.statx_t status) = _directories[i];
            using SafeFileHandle directory = OpenDirectory(_target, path);
            TreeAttributes.CopyDefaultAcl(RawName.Through(_source, path.Length <= 1 ? ".\0"u8 : path), RawName.Through(directory.Fd(), ".\0"u8));
            TreeAttributes.SetTimes(directory.Fd(), ".\0"u8, status, RawName.Show(path));
        }
    }

    private void CopyDirectory(byte[] path, Queue<byte[]> pending)
    {
        using SafeFileHandle source = OpenDirectory(_source, path);
        using SafeFileHandle target = OpenDirectory(_target, path);
        Libc.statx_t status = Libc.fstat(source.Fd(), RawName.Show(path));
        TreeAttributes.CopyOwnerModeXattrs(source.Fd(), ".\0"u8, target.Fd(), ".\0"u8, status);
        TreeAttributes.RemoveDefaultAcl(RawName.Through(target.Fd(), ".\0"u8)); // of the directory that this one is laid over
        _directories.Add((path, status));
        foreach (DirectoryEntry entry in DirectoryReader.Read(source.Fd()))
        {
            _cancelled.ThrowIfCancellationRequested();
            CopyEntry(source.Fd(), target.Fd(), path, entry.Name, pending);
        }
    }

    private void CopyEntry(int source, int target, byte[] directory, byte[] name, Queue<byte[]> pending)
    {
        Check("statx", name, Libc.try_statx(source, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status));
        if (_replaced is not null && !MakeRoom(source, target, name, status))
        {
            return;
        }

        byte[] path = RawName.Join(directory, name);
        if (status.Type == Libc.S_IFDIR)
        {
            int made = Libc.try_mkdirat(target, name, 0x1C0);
            Check("mkdirat", name, made == -Libc.EEXIST && _replaced is not null ? 0 : made);
            pending.Enqueue(path);
            return;
        }

        if (status.stx_nlink > 1)
        {
            if (_linked.TryGetValue(status.Identity(), out byte[]? first))
            {
                Check("linkat", name, Libc.try_linkat(_target, first, target, name));
                return;
            }

            _linked[status.Identity()] = path;
        }

        CopyNode(source, target, name, status);
    }

    /// <summary>Removes what the entry takes the place of; false when the entry is a whiteout and there is nothing to copy.</summary>
    private bool MakeRoom(int source, int target, byte[] name, in Libc.statx_t status)
    {
        bool exists = Libc.try_statx(target, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t old) == 0;
        bool merges = exists && status.Type == Libc.S_IFDIR && old.Type == Libc.S_IFDIR && !Whiteout.IsOpaque(source, name);
        if (exists && !merges)
        {
            _replaced!.Discard(target, name);
        }

        return !Whiteout.Is(status);
    }

    /// <summary>Copies one object that is not a directory.</summary>
    private static void CopyNode(int source, int target, ReadOnlySpan<byte> name, in Libc.statx_t status)
    {
        switch (status.Type)
        {
            case Libc.S_IFREG:
                CopyFile(source, target, name);
                break;
            case Libc.S_IFLNK:
                CopyLink(source, target, name);
                break;
            default:
                Check("mknodat", name, Libc.try_mknodat(target, name, status.stx_mode, status.Device()));
                break;
        }

        TreeAttributes.CopyOwnerModeXattrs(source, name, target, name, status);
        TreeAttributes.SetTimes(target, name, status, RawName.Show(name));
    }

    private static void CopyFile(int source, int target, ReadOnlySpan<byte> name)
    {
        string subject = RawName.Show(name);
        using SafeFileHandle from = Libc.openat(source, name, Libc.O_RDONLY | Libc.O_NOFOLLOW | Libc.O_NONBLOCK, 0, subject);
        using SafeFileHandle to = Libc.openat(target, name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x180, subject);
        long copied;
        while ((copied = Libc.try_copy_file_range(from.Fd(), to.Fd(), 1 << 30)) > 0)
        {
        }

        if (copied is -Libc.EXDEV or -Libc.EINVAL or -Libc.EOPNOTSUPP or -Libc.ENOSYS)
        {
            CopyByHand(from, to);
        }
        else if (copied < 0)
        {
            throw new SyscallException("copy_file_range", (int)-copied, subject);
        }
    }

    /// <summary>For pairs of file systems between which the kernel does not copy.</summary>
    private static void CopyByHand(SafeFileHandle from, SafeFileHandle to)
    {
        byte[] buffer = new byte[128 * 1024];
        long offset = 0;
        int read;
        while ((read = RandomAccess.Read(from, buffer, offset)) > 0)
        {
            RandomAccess.Write(to, buffer.AsSpan(0, read), offset);
            offset += read;
        }
    }

    private static void CopyLink(int source, int target, ReadOnlySpan<byte> name)
    {
        Span<byte> text = stackalloc byte[4096];
        int length = Libc.try_readlinkat(source, name, text[..^1]);
        Check("readlinkat", name, length);
        text[length] = 0;
        Check("symlinkat", name, Libc.try_symlinkat(text[..(length + 1)], target, name));
    }

    private static SafeFileHandle OpenDirectory(int root, byte[] path)
    {
        ReadOnlySpan<byte> relative = path.Length <= 1 ? ".\0"u8 : path;
        int fd = Libc.try_openat2(root, relative, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, Inside);
        return fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat2", -fd, RawName.Show(path));
    }

    private static void Check(string call, ReadOnlySpan<byte> name, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, RawName.Show(name));
        }
    }
}
