using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

// linux/btrfs.h: ioctls on a directory's fd, with a block of 4096 bytes as argument.
internal static partial class Libc
{
    private const nuint BTRFS_IOC_SUBVOL_CREATE = 0x5000940E, BTRFS_IOC_SNAP_DESTROY = 0x5000940F, BTRFS_IOC_SNAP_CREATE_V2 = 0x50009417;

    /// <summary>Inode number of the root of every subvolume.</summary>
    public const ulong BTRFS_FIRST_FREE_OBJECTID = 256;

    private const int VolumeArgumentsSize = 4096, NameOffset = 8, NameOffsetV2 = 56;

    /// <summary>Makes an empty subvolume of a zero-terminated name in a directory; returns 0 or the negative errno.</summary>
    public static int try_btrfs_subvol_create(int directory, ReadOnlySpan<byte> name) => Volume(directory, BTRFS_IOC_SUBVOL_CREATE, 0, name, NameOffset);

    /// <summary>Makes a writable snapshot of the subvolume that <paramref name="source"/> is the root of; returns 0 or the negative errno.</summary>
    public static int try_btrfs_snap_create(int directory, ReadOnlySpan<byte> name, int source) => Volume(directory, BTRFS_IOC_SNAP_CREATE_V2, source, name, NameOffsetV2);

    /// <summary>Removes a subvolume with all that is in it, but other subvolumes (-ENOTEMPTY); returns 0 or the negative errno.</summary>
    public static int try_btrfs_snap_destroy(int directory, ReadOnlySpan<byte> name) => Volume(directory, BTRFS_IOC_SNAP_DESTROY, 0, name, NameOffset);

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
