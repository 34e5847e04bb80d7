using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Mounts;

/// <summary>Finds and makes what mounts go onto, always with the rootfs as the root of every link on the way.</summary>
internal static class MountTarget
{
    /// <summary>As many links as the kernel follows in one path.</summary>
    private const int MaxLinks = 40;

    private const ulong InRoot = Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS;

    public static SafeFileHandle Open(int root, string path) => Libc.openat2(root, path, Libc.O_PATH, 0, InRoot);

    /// <summary>The directory, made with its parents (0755) where it is missing.</summary>
    public static SafeFileHandle MakeDirectory(int root, string path) => MakeDirectory(root, path, InRoot, MaxLinks);

    /// <summary>As <see cref="MakeDirectory(int, string)"/>, with a mode for the directory itself.</summary>
    public static SafeFileHandle MakeDirectory(int root, string path, uint mode) => MakeDirectory(root, path, InRoot, MaxLinks, mode);

    /// <summary>As <see cref="MakeDirectory(int, string)"/>, but a link anywhere on the way is an error: /proc and /sys must be where they seem (CVE-2019-19921).</summary>
    public static SafeFileHandle MakeDirectoryWithoutLinks(int root, string path) =>
        MakeDirectory(root, path, InRoot | Libc.RESOLVE_NO_SYMLINKS, 0);

    /// <summary>The file (of any kind but a directory), made empty where it is missing.</summary>
    public static SafeFileHandle MakeFile(int root, string path) => MakeFile(root, path, MaxLinks);

    private static SafeFileHandle MakeFile(int root, string path, int links)
    {
        int fd = Libc.try_openat2(root, path, Libc.O_PATH, 0, InRoot);
        if (fd == -Libc.ENOENT)
        {
            int slash = path.LastIndexOf('/');
            string above = slash <= 0 ? "/" : path[..slash];
            string name = path[(slash + 1)..];
            using SafeFileHandle parent = MakeDirectory(root, above);
            if (links > 0 && ReadLink(parent, name) is { } target)
            {
                return MakeFile(root, target.StartsWith('/') ? target : $"{above}/{target}", links - 1);
            }

            Libc.openat(parent.Fd(), name, Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_NOFOLLOW, 0x1ed).Dispose();
            fd = Libc.try_openat2(root, path, Libc.O_PATH, 0, InRoot);
        }

        return fd >= 0 ? Libc.Own(fd) : throw new SyscallException("openat2", -fd, path);
    }

    /// <summary>Where a link points to; null for anything else.</summary>
    private static string? ReadLink(SafeFileHandle parent, string name)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = Libc.try_readlinkat(parent.Fd(), Encoding.UTF8.GetBytes(name + "\0"), buffer);
        return length > 0 ? Encoding.UTF8.GetString(buffer[..length]) : null;
    }

    private static SafeFileHandle MakeDirectory(int root, string path, ulong resolve, int links, uint mode = 0x1ed)
    {
        int fd = Libc.try_openat2(root, path, Libc.O_PATH | Libc.O_DIRECTORY, 0, resolve);
        if (fd >= 0)
        {
            return Libc.Own(fd);
        }

        if (fd != -Libc.ENOENT)
        {
            throw new SyscallException("openat2", -fd, path);
        }

        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        string name = trimmed[(slash + 1)..];
        string above = slash <= 0 ? "/" : trimmed[..slash];
        using SafeFileHandle parent = MakeDirectory(root, above, resolve, links);
        int status = Libc.try_mkdirat(parent.Fd(), name, mode);
        if (status == -Libc.EEXIST && links > 0 && ReadLink(parent, name) is { } target)
        {
            // A link to nowhere: what it names is made, inside the root.
            return MakeDirectory(root, target.StartsWith('/') ? target : $"{above}/{target}", resolve, links - 1, mode);
        }

        return status is 0 or -Libc.EEXIST
            ? Libc.openat2(root, path, Libc.O_PATH | Libc.O_DIRECTORY, 0, resolve)
            : throw new SyscallException("mkdirat", -status, path);
    }
}
