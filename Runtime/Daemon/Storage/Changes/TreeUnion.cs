using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Changes;

/// <summary>Trees laid over one another, the nearest first, as one tree to look things up in. None of them changes or has whiteouts.</summary>
internal sealed class TreeUnion(params IReadOnlyList<SafeFileHandle> roots) : IDisposable
{
    private const ulong Inside = Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_SYMLINKS | Libc.RESOLVE_NO_MAGICLINKS;

    /// <summary>What the nearest tree that has the path has there, or null.</summary>
    /// <param name="path">Zero-terminated; just the zero for the root.</param>
    public Libc.statx_t? Find(ReadOnlySpan<byte> path)
    {
        foreach (SafeFileHandle root in roots)
        {
            int fd = Open(root, path, Libc.O_PATH | Libc.O_NOFOLLOW);
            if (fd >= 0)
            {
                using SafeFileHandle found = Libc.Own(fd);
                return Libc.fstat(fd, RawName.Show(path));
            }

            if (fd != -Libc.ENOENT)
            {
                return null; // a file or a link where the path needs a directory hides what lies farther down
            }
        }

        return null;
    }

    /// <summary>Names in a directory, those of all trees that have it as one; zero-terminated.</summary>
    public IEnumerable<byte[]> Names(byte[] path)
    {
        foreach (SafeFileHandle root in roots)
        {
            int fd = Open(root, path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
            if (fd == -Libc.ENOENT)
            {
                continue;
            }

            if (fd < 0)
            {
                yield break;
            }

            using SafeFileHandle directory = Libc.Own(fd);
            foreach (DirectoryEntry entry in DirectoryReader.Read(fd))
            {
                yield return entry.Name;
            }
        }
    }

    /// <summary>An attribute of a path that <see cref="Find"/> has found; empty when it has none.</summary>
    public byte[] Xattr(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name)
    {
        foreach (SafeFileHandle root in roots)
        {
            if (Libc.try_statx(root.Fd(), path, Libc.AT_SYMLINK_NOFOLLOW, out _) == 0)
            {
                return TreeAttributes.Xattr(RawName.Through(root.Fd(), path), name);
            }
        }

        return [];
    }

    public void Dispose()
    {
        foreach (SafeFileHandle root in roots)
        {
            root.Dispose();
        }
    }

    private static int Open(SafeFileHandle root, ReadOnlySpan<byte> path, int flags) =>
        Libc.try_openat2(root.Fd(), path.Length <= 1 ? ".\0"u8 : path, flags, 0, Inside);
}
