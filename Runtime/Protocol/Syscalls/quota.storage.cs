using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

// linux/quota.h and linux/dqblk_xfs.h, quotactl_fd(2): since Linux 5.14, and without it the block device would have to have a name.
// The commands of XFS; the kernel translates them for ext4 and others.
internal static partial class Libc
{
    public const ushort FS_QUOTA_PDQ_ACCT = 1 << 4, FS_QUOTA_PDQ_ENFD = 1 << 5;

    private const uint Q_XGETQUOTA = 0x5803, Q_XSETQLIM = 0x5804, Q_XGETQSTAT = 0x5805, PRJQUOTA = 2;

    private const sbyte FS_DQUOT_VERSION = 1, FS_PROJ_QUOTA = 1 << 1;

    private const ushort FS_DQ_BSOFT = 1 << 2, FS_DQ_BHARD = 1 << 3;

    /// <summary>What sizes are given in.</summary>
    private const long BasicBlock = 512;

    [StructLayout(LayoutKind.Explicit, Size = 112)]
    public struct fs_disk_quota
    {
        [FieldOffset(0)]
        public sbyte d_version;

        [FieldOffset(1)]
        public sbyte d_flags;

        [FieldOffset(2)]
        public ushort d_fieldmask;

        [FieldOffset(4)]
        public uint d_id;

        [FieldOffset(8)]
        public ulong d_blk_hardlimit;

        [FieldOffset(16)]
        public ulong d_blk_softlimit;

        [FieldOffset(24)]
        public ulong d_ino_hardlimit;

        [FieldOffset(32)]
        public ulong d_ino_softlimit;

        [FieldOffset(40)]
        public ulong d_bcount;

        [FieldOffset(48)]
        public ulong d_icount;
    }

    /// <summary>struct fs_quota_stat, of which only the flags are looked at.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 80)]
    private struct fs_quota_stat
    {
        [FieldOffset(0)]
        public sbyte qs_version;

        [FieldOffset(2)]
        public ushort qs_flags;
    }

    [LibraryImport(LibraryName, EntryPoint = "syscall", SetLastError = true)]
    private static unsafe partial long _quotactl_fd(long number, uint fd, uint command, uint id, void* argument);

    /// <summary>Which quotas are counted and enforced on a file system (FS_QUOTA_*), or the negative errno: -ENOSYS where it or the kernel has none.</summary>
    public static unsafe int try_quota_state(int fd)
    {
        fs_quota_stat state = new() { qs_version = FS_DQUOT_VERSION };
        int result = ProjectQuota(fd, Q_XGETQSTAT, 0, &state);
        return result < 0 ? result : state.qs_flags;
    }

    /// <summary>Limits and usage of a project; returns 0 or the negative errno (-ENOENT when nothing was ever written down of it).</summary>
    public static unsafe int try_get_project_quota(int fd, uint project, out fs_disk_quota quota)
    {
        fixed (fs_disk_quota* result = &quota)
        {
            *result = default;
            return ProjectQuota(fd, Q_XGETQUOTA, project, result);
        }
    }

    /// <summary>Sets how much a project may take; returns 0 or the negative errno.</summary>
    /// <param name="bytes">Rounded up to 512; 0 is no limit.</param>
    public static unsafe int try_set_project_limit(int fd, uint project, long bytes)
    {
        ulong blocks = (ulong)((bytes / BasicBlock) + (bytes % BasicBlock == 0 ? 0 : 1));
        fs_disk_quota quota = new()
        {
            d_version = FS_DQUOT_VERSION,
            d_flags = FS_PROJ_QUOTA,
            d_id = project,
            d_fieldmask = FS_DQ_BHARD | FS_DQ_BSOFT,
            d_blk_hardlimit = blocks,
            d_blk_softlimit = blocks,
        };
        return ProjectQuota(fd, Q_XSETQLIM, project, &quota);
    }

    private static unsafe int ProjectQuota(int fd, uint command, uint project, void* argument)
    {
        const int SubCommandShift = 8;
        return Result((int)_quotactl_fd(SYS_quotactl_fd, (uint)fd, (command << SubCommandShift) | PRJQUOTA, project, argument));
    }
}
