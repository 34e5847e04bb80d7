using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>Adds up the bytes of a tree, of each inode once, while a container may be changing it.</summary>
internal static class TreeSize
{
    /// <summary>Sum of the sizes of all regular files below the directory.</summary>
    /// <remarks>
    /// It goes down by name and up by "..", holding one fd at a time, so that the depth of the tree does not matter. When ".." is not the
    /// directory it came from (a rename in between), what lies above is counted no further: the sum is then a snapshot's lower bound.
    /// </remarks>
    public static long Measure(string root)
    {
        SafeFileHandle current = Libc.open(root, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        try
        {
            HashSet<(ulong, ulong)> linked = [];
            Stack<((ulong, ulong) Identity, Stack<byte[]> Pending)> path = [];
            long total = 0;
            path.Push((Libc.fstat(current.Fd(), root).Identity(), List(current.Fd(), linked, ref total)));
            while (true)
            {
                if (path.Peek().Pending.TryPop(out byte[]? name))
                {
                    int fd = Libc.try_openat(current.Fd(), name, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
                    if (fd >= 0)
                    {
                        current.Dispose();
                        current = Libc.Own(fd);
                        path.Push((Libc.fstat(fd, root).Identity(), List(fd, linked, ref total)));
                    }

                    continue;
                }

                path.Pop();
                if (path.Count == 0 || !Ascend(ref current, path.Peek().Identity))
                {
                    return total;
                }
            }
        }
        finally
        {
            current.Dispose();
        }
    }

    private static bool Ascend(ref SafeFileHandle current, (ulong, ulong) expected)
    {
        int fd = Libc.try_openat(current.Fd(), "..\0"u8, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
        if (fd < 0)
        {
            return false;
        }

        current.Dispose();
        current = Libc.Own(fd);
        return Libc.try_statx(fd, "\0"u8, Libc.AT_EMPTY_PATH, out Libc.statx_t status) == 0 && status.Identity() == expected;
    }

    /// <summary>Adds the files of one directory and returns its subdirectories.</summary>
    private static Stack<byte[]> List(int directory, HashSet<(ulong, ulong)> linked, ref long total)
    {
        Stack<byte[]> directories = [];
        foreach (DirectoryEntry entry in DirectoryReader.Read(directory))
        {
            if (Libc.try_statx(directory, entry.Name, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status) != 0)
            {
                continue; // gone since it was listed
            }

            if (status.Type == Libc.S_IFDIR)
            {
                directories.Push(entry.Name);
            }
            else if (status.Type == Libc.S_IFREG && (status.stx_nlink == 1 || linked.Add(status.Identity())))
            {
                total += (long)status.stx_size;
            }
        }

        return directories;
    }
}
