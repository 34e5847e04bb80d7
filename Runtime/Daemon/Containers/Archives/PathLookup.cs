using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>Finds things by path in a container's root, with Docker's errors.</summary>
internal sealed class PathLookup(ContainerRoot root, string container)
{
    /// <summary>As many links as Docker follows before it gives up.</summary>
    private const int MaxLinks = 255;

    /// <summary>What a path names, held by an O_PATH fd; a link as last component is not followed unless the path asks for a directory.</summary>
    public SafeFileHandle Open(ContainerPath path) =>
        Check(path, root.TryOpen(path.Bytes, Libc.O_PATH | (path.MustBeDirectory ? Libc.O_DIRECTORY : Libc.O_NOFOLLOW)));

    /// <summary>A directory, all links followed.</summary>
    public SafeFileHandle OpenDirectory(ContainerPath path)
    {
        int fd = root.TryOpen(path.Bytes, Libc.O_PATH | Libc.O_DIRECTORY);
        return fd == -Libc.ENOTDIR ? throw EngineException.InvalidParameter("extraction point is not a directory") : Check(path, fd);
    }

    public ContainerPathStat Describe(ContainerPath path, in Libc.statx_t status) => new()
    {
        Name = path.Base,
        Size = (long)status.stx_size,
        Mode = GoFileMode.From(status),
        ModifiedTime = DateTime.UnixEpoch.AddSeconds(status.stx_mtime.tv_sec).AddTicks(status.stx_mtime.tv_nsec / TimeSpan.NanosecondsPerTick),
        LinkTarget = status.Type == Libc.S_IFLNK ? FollowLinks(path.Clean) : "",
    };

    /// <summary>
    /// Where a path leads when all its links are followed inside the root, as far as it leads anywhere: a client looks there next. No more
    /// than a hint, since links may change at any time.
    /// </summary>
    private string FollowLinks(string path)
    {
        Stack<string> ahead = new(Enumerable.Reverse(path.Split('/')));
        List<string> passed = [];
        for (int links = 0; ahead.TryPop(out string? component);)
        {
            if (component == "..")
            {
                passed.RemoveRange(Math.Max(0, passed.Count - 1), Math.Min(1, passed.Count));
            }

            if (component is "" or "." or "..")
            {
                continue;
            }

            passed.Add(component);
            if (ReadLink(string.Join('/', passed)) is not { } target)
            {
                continue;
            }

            if (++links > MaxLinks)
            {
                throw EngineException.InvalidParameter($"{path}: too many levels of symbolic links");
            }

            passed.RemoveRange(target.StartsWith('/') ? 0 : passed.Count - 1, target.StartsWith('/') ? passed.Count : 1);
            foreach (string next in Enumerable.Reverse(target.Split('/')))
            {
                ahead.Push(next);
            }
        }

        return "/" + string.Join('/', passed);
    }

    /// <summary>Null for what is no link, or not there.</summary>
    private string? ReadLink(string path)
    {
        int fd = root.TryOpen(RawName.From(path), Libc.O_PATH | Libc.O_NOFOLLOW);
        if (fd < 0)
        {
            return null;
        }

        using SafeFileHandle link = Libc.Own(fd);
        Span<byte> target = stackalloc byte[4096];
        int length = Libc.try_readlinkat(fd, "\0"u8, target);
        return length > 0 ? Encoding.UTF8.GetString(target[..length]) : null;
    }

    private SafeFileHandle Check(ContainerPath path, int fd) => fd switch
    {
        >= 0 => Libc.Own(fd),
        -Libc.ENOENT => throw EngineException.NotFound($"Could not find the file {path.Text} in container {container}"),
        -Libc.EACCES or -Libc.EPERM => throw new EngineException(ErrorKind.Forbidden, $"lstat {path.Text}: {Libc.strerror(-fd)}"),
        -Libc.ENOTDIR or -Libc.ELOOP or -Libc.ENAMETOOLONG => throw EngineException.InvalidParameter($"lstat {path.Text}: {Libc.strerror(-fd)}"),
        _ => throw new SyscallException("openat2", -fd, path.Text),
    };
}
