using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Drivers;

/// <summary>The file system below the data root, by the names that <c>docker info</c> has for them.</summary>
internal static class BackingFileSystem
{
    public const string Btrfs = "btrfs";

    public static string Name(string directory)
    {
        using SafeFileHandle fd = Libc.open(directory, Libc.O_PATH | Libc.O_DIRECTORY);

        // Magic numbers of statfs(2); ext2, ext3 and ext4 have one in common.
        return Libc.fstatfs_type(fd.Fd()) switch
        {
            0xEF53 => "extfs",
            0x58465342 => "xfs",
            0x9123683E => Btrfs,
            0x01021994 => "tmpfs",
            0x794C7630 => "overlayfs",
            0x2FC12FC1 => "zfs",
            0xF2F52010 => "f2fs",
            0x6969 => "nfs",
            _ => "<unknown>",
        };
    }
}
