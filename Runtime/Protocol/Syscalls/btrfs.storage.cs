using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

// linux/btrfs.h: ioctls on a directory's fd, with a block of 4096 bytes as argument.
internal static partial class Libc
{
    private const nuint BTRFS_IOC_SUBVOL_CREATE = 0x5000940E, BTRFS_IOC_SNAP_DESTROY = 0x5000940F, BTRFS_IOC_SNAP_CREATE_V2 = 0x50009417,
        BTRFS_IOC_INO_LOOKUP = 0xD0009412, BTRFS_IOC_QUOTA_CTL = 0xC0109428, BTRFS_IOC_QGROUP_CREATE = 0x4010942A, BTRFS_IOC_QGROUP_LIMIT = 0x8030942B,
        BTRFS_IOC_QUOTA_RESCAN_WAIT = 0x942E;

    private const ulong BTRFS_QUOTA_CTL_ENABLE = 1, BTRFS_QGROUP_LIMIT_MAX_RFER = 1 << 0;

    /// <summary>Inode number of the root of every subvolume.</summary>
    public const ulong BTRFS_FIRST_FREE_OBJECTID = 256;

    private const int VolumeArgumentsSize = 4096, NameOffset = 8, NameOffsetV2 = 56;

    /// <summary>Makes an empty subvolume of a zero-terminated name in a directory; returns 0 or the negative errno.</summary>
    public static int try_btrfs_subvol_create(int directory, ReadOnlySpan<byte> name) => Volume(directory, BTRFS_IOC_SUBVOL_CREATE, 0, name, NameOffset);

    /// <summary>Makes a writable snapshot of the subvolume that <paramref name="source"/> is the root of; returns 0 or the negative errno.</summary>
    public static int try_btrfs_snap_create(int directory, ReadOnlySpan<byte> name, int source) => Volume(directory, BTRFS_IOC_SNAP_CREATE_V2, source, name, NameOffsetV2);

    /// <summary>Removes a subvolume with all that is in it, but other subvolumes (-ENOTEMPTY); returns 0 or the negative errno.</summary>
    public static int try_btrfs_snap_destroy(int directory, ReadOnlySpan<byte> name) => Volume(directory, BTRFS_IOC_SNAP_DESTROY, 0, name, NameOffset);

    /// <summary>Has the file system count by subvolume; returns 0, also when it does so already, or the negative errno.</summary>
    public static unsafe int try_btrfs_quota_enable(int directory)
    {
        ulong* arguments = stackalloc ulong[] { BTRFS_QUOTA_CTL_ENABLE, 0 };
        return Result(_ioctl(directory, BTRFS_IOC_QUOTA_CTL, (nint)arguments));
    }

    /// <summary>Waits until all that was there before counting began is counted; returns 0 or the negative errno.</summary>
    public static int try_btrfs_quota_rescan_wait(int directory)
    {
        int result;
        do
        {
            result = Result(_ioctl(directory, BTRFS_IOC_QUOTA_RESCAN_WAIT, 0));
        }
        while (result == -EINTR);
        return result;
    }

    /// <summary>Bounds what a subvolume refers to, shared with others or not; returns 0 or the negative errno.</summary>
    /// <param name="subvolume">Its root.</param>
    /// <param name="bytes">The most.</param>
    public static unsafe int try_btrfs_qgroup_limit(int subvolume, ulong bytes)
    {
        // struct btrfs_ioctl_qgroup_limit_args: which one (0: the subvolume's own), what is bounded, referenced, exclusive, and two unused.
        ulong* arguments = stackalloc ulong[] { 0, BTRFS_QGROUP_LIMIT_MAX_RFER, bytes, 0, 0, 0 };
        return Result(_ioctl(subvolume, BTRFS_IOC_QGROUP_LIMIT, (nint)arguments));
    }

    /// <summary>Ends the counting, and with it the limit, of a subvolume; returns 0 or the negative errno (-ENOTCONN when nothing is counted).</summary>
    public static unsafe int try_btrfs_qgroup_remove(int subvolume)
    {
        // struct btrfs_ioctl_ino_lookup_args: tree 0 is that of the fd, whose number comes back.
        byte* lookup = stackalloc byte[VolumeArgumentsSize];
        new Span<byte>(lookup, VolumeArgumentsSize).Clear();
        ((ulong*)lookup)[1] = BTRFS_FIRST_FREE_OBJECTID;
        int found = Result(_ioctl(subvolume, BTRFS_IOC_INO_LOOKUP, (nint)lookup));
        if (found < 0)
        {
            return found;
        }

        ulong* arguments = stackalloc ulong[] { 0, *(ulong*)lookup };
        return Result(_ioctl(subvolume, BTRFS_IOC_QGROUP_CREATE, (nint)arguments));
    }

    /// <summary>struct btrfs_ioctl_vol_args, or its second version: fd 8, then at an offset the name.</summary>
    private static unsafe int Volume(int directory, nuint request, long fd, ReadOnlySpan<byte> name, int nameOffset)
    {
        byte* arguments = stackalloc byte[VolumeArgumentsSize];
        new Span<byte>(arguments, VolumeArgumentsSize).Clear();
        *(long*)arguments = fd;
        name.CopyTo(new Span<byte>(arguments + nameOffset, VolumeArgumentsSize - nameOffset));
        return Result(_ioctl(directory, request, (nint)arguments));
    }
}
