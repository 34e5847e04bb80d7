using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Changes;

/// <summary>Finds what differs between a container's tree and what it was made from: by its own layer where that has only changes, else by comparing.</summary>
/// <remarks>
/// Files are compared as Docker does, by mode, owner, size, time stamp, device number and capabilities; directories by mode and owner.
/// The container may be running: what vanishes between two looks is passed over.
/// </remarks>
internal sealed class TreeComparison
{
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;

    private static readonly byte[] s_capability = "security.capability\0"u8.ToArray();

    private readonly SafeFileHandle _now;
    private readonly TreeUnion _before;
    private readonly bool _isOverlay;
    private readonly bool _forArchive;
    private readonly Func<int, int, bool>? _isForeign;

    private TreeComparison(SafeFileHandle now, TreeUnion before, bool isOverlay, bool forArchive, Func<int, int, bool>? isForeign = null)
    {
        _isForeign = isForeign;
        _now = now;
        _before = before;
        _isOverlay = isOverlay;
        _forArchive = forArchive;
    }

    /// <summary>What a user is told: names that look different than before.</summary>
    public static IEnumerable<TreeChange> Differences(ContainerTrees trees) => new TreeComparison(trees.Now, trees.Before, trees.IsOverlay, forArchive: false).RunWithAncestors();

    /// <summary>
    /// What a layer's archive has to hold. A file in an overlay's own layer counts as changed whatever it looks like, and so does one that
    /// has got a new name: an archive can link only to what is in it.
    /// </summary>
    public static IEnumerable<TreeChange> ForArchive(ContainerTrees trees) => new TreeComparison(trees.Now, trees.Before, trees.IsOverlay, forArchive: true).RunWithAncestors();

    /// <summary>Everything in a tree.</summary>
    /// <param name="isForeign">Given fds of a directory and of one in it: true when what is in the latter does not belong to the tree.</param>
    public static IEnumerable<TreeChange> Everything(SafeFileHandle root, Func<int, int, bool>? isForeign = null) =>
        new TreeComparison(root, new TreeUnion(), isOverlay: false, forArchive: true, isForeign).Run();

    /// <summary>A directory with changes in it is a changed one: an archive needs its owner and mode, and users expect to see it.</summary>
    private IEnumerable<TreeChange> RunWithAncestors()
    {
        List<TreeChange> pending = [];
        foreach (TreeChange change in Run())
        {
            while (pending.Count > 0 && !IsIn(change.Path, pending[^1].Path))
            {
                pending.RemoveAt(pending.Count - 1);
            }

            if (change.Kind is null)
            {
                if (change.IsDirectory)
                {
                    pending.Add(change);
                }

                continue;
            }

            foreach (TreeChange above in pending)
            {
                yield return above with { Kind = ChangeKind.Modified };
            }

            pending.Clear();
            yield return change;
        }
    }

    private static bool IsIn(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory) =>
        path.Length > directory.Length && path[directory.Length - 1] == '/' && path.StartsWith(directory[..^1]);

    /// <summary>Each directory before what is in it.</summary>
    private IEnumerable<TreeChange> Run()
    {
        Stack<TreeFrame> frames = new();
        try
        {
            Libc.statx_t? before = _before.Find([0]);
            frames.Push(new TreeFrame(Open([0]), [0], !_isOverlay && before is not null ? _before.Names([0]) : null, !_isOverlay, before is not null));
            if (before is { } root && Differ(root, frames.Peek().Status))
            {
                yield return new TreeChange(ChangeKind.Modified, [0], frames.Peek().Fd, [(byte)'.', 0], frames.Peek().Status, false);
            }

            while (frames.TryPeek(out TreeFrame? frame))
            {
                if (!frame.TryNext(out byte[] name, out bool exists))
                {
                    frames.Pop().Dispose();
                    continue;
                }

                byte[] path = RawName.Join(frame.Path, name);
                Libc.statx_t? old = frame.Existed ? _before.Find(path) : null;
                if (Compare(frame, name, exists, path, old) is not { } change)
                {
                    continue;
                }

                yield return change;
                if (change.IsDirectory && Enter(frame, change, old) is { } below)
                {
                    frames.Push(below);
                }
            }
        }
        finally
        {
            foreach (TreeFrame frame in frames)
            {
                frame.Dispose();
            }
        }
    }

    private TreeChange? Compare(TreeFrame frame, byte[] name, bool exists, byte[] path, Libc.statx_t? old)
    {
        if (!exists)
        {
            return new TreeChange(ChangeKind.Deleted, path, frame.Fd, name, frame.Status, false);
        }

        bool isMark = _isOverlay && Whiteout.IsMark(name);
        if (isMark || Libc.try_statx(frame.Fd, name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status) != 0)
        {
            return null;
        }

        if (_isOverlay && Whiteout.Is(status))
        {
            bool told = frame.IsPlain && _forArchive; // by the opaque directory it is in
            return old is null || told ? null : new TreeChange(ChangeKind.Deleted, path, frame.Fd, name, status, false);
        }

        bool isDirectory = status.Type == Libc.S_IFDIR;
        bool hides = _forArchive && _isOverlay && !frame.IsPlain && isDirectory && old?.Type == Libc.S_IFDIR && Whiteout.IsOpaque(frame.Fd, name);
        ChangeKind? kind = old is not { } was ? ChangeKind.Added
            : hides || (_forArchive && !isDirectory && (_isOverlay || was.stx_nlink != status.stx_nlink)) || Differ(was, status) || CapabilitiesDiffer(frame.Fd, name, path, status) ? ChangeKind.Modified
            : null;
        return new TreeChange(kind, path, frame.Fd, name, status, hides);
    }

    private TreeFrame? Enter(TreeFrame frame, in TreeChange change, Libc.statx_t? old)
    {
        bool plain = frame.IsPlain || Whiteout.IsOpaque(frame.Fd, change.Name);
        bool existed = old?.Type == Libc.S_IFDIR && !change.HidesBelow;
        int fd = Libc.try_openat(frame.Fd, change.Name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (fd is -Libc.ENOENT or -Libc.ENOTDIR or -Libc.ELOOP)
        {
            return null;
        }

        SafeFileHandle directory = fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat", -fd, RawName.Show(change.Path));
        if (_isForeign?.Invoke(frame.Fd, fd) == true)
        {
            directory.Dispose();
            return null;
        }

        return new TreeFrame(directory, change.Path, plain && existed ? _before.Names(change.Path) : null, plain, existed);
    }

    private static bool Differ(in Libc.statx_t old, in Libc.statx_t status) =>
        old.stx_mode != status.stx_mode || old.stx_uid != status.stx_uid || old.stx_gid != status.stx_gid
        || (status.Type != Libc.S_IFDIR && (old.stx_size != status.stx_size || old.Device() != status.Device() || !SameTime(old.stx_mtime, status.stx_mtime)));

    /// <summary>Archives often have whole seconds only.</summary>
    private static bool SameTime(in Libc.statx_timestamp a, in Libc.statx_timestamp b) =>
        a.tv_sec == b.tv_sec && (a.tv_nsec == b.tv_nsec || a.tv_nsec == 0 || b.tv_nsec == 0);

    private bool CapabilitiesDiffer(int directory, byte[] name, byte[] path, in Libc.statx_t status) =>
        status.Type == Libc.S_IFREG && !TreeAttributes.Xattr(RawName.Through(directory, name), s_capability).AsSpan().SequenceEqual(_before.Xattr(path, s_capability));

    private SafeFileHandle Open(ReadOnlySpan<byte> path)
    {
        int fd = Libc.try_openat2(_now.Fd(), path.Length <= 1 ? ".\0"u8 : path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, 0, Inside);
        return fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat2", -fd, RawName.Show(path));
    }
}
