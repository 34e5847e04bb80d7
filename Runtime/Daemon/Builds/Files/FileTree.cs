using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Builds.Files;

/// <summary>A tree to copy from, or that a layer is laid over: nothing in it leads out of it.</summary>
/// <param name="root">A directory opened for reading; not owned.</param>
internal sealed class FileTree(SafeFileHandle root)
{
    private const ulong Inside = Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS;

    /// <summary>As many links as the kernel follows.</summary>
    private const int MaxLinks = 40;

    /// <summary>What a path names, or null; a link as last component is not followed.</summary>
    public Libc.statx_t? Find(string path)
    {
        int fd = TryOpen(path, Libc.O_PATH | Libc.O_NOFOLLOW);
        if (fd < 0)
        {
            return fd is -Libc.ENOENT or -Libc.ENOTDIR or -Libc.ELOOP ? null : throw new SyscallException("openat2", -fd, BytePath.Show(path));
        }

        using SafeFileHandle found = Libc.Own(fd);
        return Libc.fstat(fd, BytePath.Show(path));
    }

    /// <summary>The fd of a path, or the negative errno.</summary>
    public int TryOpen(string path, int flags) => Libc.try_openat2(root.Fd(), path.Length == 0 ? ".\0"u8 : BytePath.ToName(path), flags, 0, Inside);

    /// <exception cref="SyscallException">It cannot be opened.</exception>
    public SafeFileHandle Open(string path, int flags)
    {
        int fd = TryOpen(path, flags);
        return fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat2", -fd, BytePath.Show(path));
    }

    /// <summary>Names in a directory, in order of their bytes.</summary>
    public List<string> Names(string directory)
    {
        using SafeFileHandle opened = Open(directory, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        List<string> names = DirectoryReader.Read(opened.Fd()).ConvertAll(entry => BytePath.FromBytes(entry.Name.AsSpan(..^1)));
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Text of a link.</summary>
    public string ReadLink(string path)
    {
        using SafeFileHandle link = Open(path, Libc.O_PATH | Libc.O_NOFOLLOW);
        Span<byte> target = new byte[4096];
        int length = Libc.try_readlinkat(link.Fd(), "\0"u8, target);
        return length >= 0 ? BytePath.FromBytes(target[..length]) : throw new SyscallException("readlinkat", -length, BytePath.Show(path));
    }

    /// <summary>Where a path leads when all links in it are followed inside the root, as far as it leads anywhere; what is not there yet stays as written.</summary>
    /// <param name="linkOf">The target of the link that a path is, or null.</param>
    /// <param name="followLast">Also a link that is the last component.</param>
    /// <exception cref="EngineException">Invalid parameter: a loop of links.</exception>
    public static string Resolve(string path, Func<string, string?> linkOf, bool followLast)
    {
        Stack<string> ahead = new(Enumerable.Reverse(path.Split('/')));
        List<string> passed = [];
        int links = 0;
        while (ahead.TryPop(out string? component))
        {
            if (component is "" or ".")
            {
                continue;
            }

            if (component == "..")
            {
                passed.RemoveRange(Math.Max(0, passed.Count - 1), Math.Min(1, passed.Count));
                continue;
            }

            passed.Add(component);
            bool isLast = !ahead.Any(next => next is not ("" or "."));
            if ((isLast && !followLast) || linkOf(string.Join('/', passed)) is not { } target)
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                throw EngineException.InvalidParameter($"{BytePath.Show(path)}: too many levels of symbolic links");
            }

            passed.RemoveRange(target.StartsWith('/') ? 0 : passed.Count - 1, target.StartsWith('/') ? passed.Count : 1);
            foreach (string next in Enumerable.Reverse(target.Split('/')))
            {
                ahead.Push(next);
            }
        }

        return string.Join('/', passed);
    }

    /// <summary>As <see cref="Resolve(string, Func{string, string?}, bool)"/> in this tree.</summary>
    public string Resolve(string path, bool followLast) => Resolve(path, LinkOf, followLast);

    /// <summary>The target of the link that a path is; null when it is none.</summary>
    public string? LinkOf(string path) => Find(path) is { Type: Libc.S_IFLNK } ? ReadLink(path) : null;
}
