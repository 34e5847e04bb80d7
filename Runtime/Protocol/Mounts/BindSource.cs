using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Mounts;

/// <summary>The source of a bind mount, taken hold of as a detached copy of its mount tree.</summary>
internal static class BindSource
{
    /// <param name="source">A path of the host that no container has a say in.</param>
    /// <param name="subpath">
    /// A path below it, or "". Containers can write there: links that lead out are errors (EXDEV), and what was found is held by fd (CVE-2021-30465).
    /// </param>
    /// <param name="recursive">With what is mounted below it.</param>
    public static SafeFileHandle Open(string source, string subpath, bool recursive)
    {
        uint flags = Libc.OPEN_TREE_CLONE | (recursive ? (uint)Libc.AT_RECURSIVE : 0);
        if (subpath.Length == 0)
        {
            return Libc.open_tree(Libc.AT_FDCWD, source, flags, source);
        }

        using SafeFileHandle found = OpenBelow(source, subpath);
        return Libc.open_tree(found.Fd(), "", flags | (uint)Libc.AT_EMPTY_PATH, $"{source}/{subpath}");
    }

    /// <summary>As <see cref="Open"/>, of a directory that is held, and without what is mounted below it.</summary>
    public static SafeFileHandle Open(SafeFileHandle root, string subpath)
    {
        const uint Flags = Libc.OPEN_TREE_CLONE | (uint)Libc.AT_EMPTY_PATH;
        if (subpath.Length == 0)
        {
            return Libc.open_tree(root.Fd(), "", Flags, "/");
        }

        using SafeFileHandle found = OpenBelow(root, subpath);
        return Libc.open_tree(found.Fd(), "", Flags, subpath);
    }

    /// <summary>Opens the path below as an O_PATH fd.</summary>
    public static SafeFileHandle OpenBelow(string source, string subpath)
    {
        using SafeFileHandle root = Libc.open(source, Libc.O_PATH | Libc.O_DIRECTORY);
        return OpenBelow(root, subpath);
    }

    private static SafeFileHandle OpenBelow(SafeFileHandle root, string subpath) =>
        Libc.openat2(root.Fd(), subpath, Libc.O_PATH, 0, Libc.RESOLVE_BENEATH | Libc.RESOLVE_NO_MAGICLINKS);
}
