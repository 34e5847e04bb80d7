using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Files;

/// <summary>Files and directories of the daemon's own, in places that no container can influence, with exact modes.</summary>
internal static class OwnFiles
{
    /// <summary>Only root enters.</summary>
    public const uint PrivateDirectory = 0x1C8; // 0710

    /// <summary>A directory in a tree that a container sees.</summary>
    public const uint SharedDirectory = 0x1ED; // 0755

    /// <summary>Makes a directory, and those above it when they are missing, and sets its mode whatever the umask.</summary>
    public static void MakeDirectory(string path, uint mode)
    {
        if (!Directory.Exists(path))
        {
            MakeAbove(path, mode);
            Check("mkdir", path, Libc.try_mkdirat(Libc.AT_FDCWD, RawName.From(path), mode) is var made && made == -Libc.EEXIST ? 0 : made);
        }

        SetMode(path, mode);
    }

    public static void SetMode(string path, uint mode) => Check("chmod", path, Libc.try_fchmodat(Libc.AT_FDCWD, RawName.From(path), mode));

    /// <summary>Renames a directory that is not empty, failing with EEXIST when the target exists and is not empty either.</summary>
    public static void RenameNew(string from, string to)
    {
        int result = Libc.try_renameat2(Libc.AT_FDCWD, RawName.From(from), Libc.AT_FDCWD, RawName.From(to), Libc.RENAME_NOREPLACE);
        if (result == -Libc.EINVAL)
        {
            // FUSE and network file systems often know no flags. A directory with something in it is never replaced by a plain rename.
            result = Libc.try_renameat2(Libc.AT_FDCWD, RawName.From(from), Libc.AT_FDCWD, RawName.From(to));
        }

        Check("rename", to, result == -Libc.ENOTEMPTY ? -Libc.EEXIST : result);
    }

    /// <summary>
    /// Has ext4 put a tree that is to be filled into a block group with room, as it does for home directories, rather than all of them side by side:
    /// making a file passes over the inodes removed in the last half minute one by one (recently_deleted in fs/ext4/ialloc.c), so that an unpacking after
    /// a removal took three times as long. A wish, not a need: other file systems have no such flag.
    /// </summary>
    public static void SpreadOut(string path)
    {
        using SafeFileHandle directory = Libc.open(path, Libc.O_RDONLY | Libc.O_DIRECTORY);
        _ = Libc.try_add_inode_flags(directory.Fd(), Libc.FS_TOPDIR_FL);
    }

    private static void MakeAbove(string path, uint mode)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } above && !Directory.Exists(above))
        {
            MakeDirectory(above, mode);
        }
    }

    private static void Check(string call, string path, int result)
    {
        if (result < 0)
        {
            throw new SyscallException(call, -result, path);
        }
    }
}
