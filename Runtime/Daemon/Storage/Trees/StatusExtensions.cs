using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>What copying asks of an inode's status.</summary>
internal static class StatusExtensions
{
    /// <summary>Permission, setuid, setgid and sticky bits.</summary>
    public static uint Permissions(this in Libc.statx_t status) => status.stx_mode & 0xFFFu;

    /// <summary>The device number as mknod(2) takes it.</summary>
    public static ulong Device(this in Libc.statx_t status) => Libc.makedev(status.stx_rdev_major, status.stx_rdev_minor);

    /// <summary>Identifies the inode among all mounted file systems.</summary>
    public static (ulong Device, ulong Inode) Identity(this in Libc.statx_t status) =>
        (Libc.makedev(status.stx_dev_major, status.stx_dev_minor), status.stx_ino);
}
