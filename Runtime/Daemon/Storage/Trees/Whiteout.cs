using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Trees;

/// <summary>How overlayfs marks on disk what a layer hides (Documentation/filesystems/overlayfs.rst).</summary>
internal static class Whiteout
{
    private static readonly byte[] s_opaque = "trusted.overlay.opaque\0"u8.ToArray();

    /// <summary>A whiteout is a character device 0:0.</summary>
    public static bool Is(in Libc.statx_t status) => status.Type == Libc.S_IFCHR && status.stx_rdev_major == 0 && status.stx_rdev_minor == 0;

    /// <summary>A name by which fuse-overlayfs marks an opaque directory beside the attribute. It keeps containers from using such names.</summary>
    public static bool IsMark(ReadOnlySpan<byte> name) => name.SequenceEqual(".wh..wh..opq\0"u8) || name.SequenceEqual(".wh..opq\0"u8);

    /// <summary>
    /// An attribute with which fuse-overlayfs notes down where a file came from. It says nothing outside of the container, and must not
    /// come from an image: the path in it would be followed.
    /// </summary>
    public static bool IsNote(ReadOnlySpan<byte> attribute) => attribute.StartsWith("user.fuseoverlayfs."u8);

    /// <summary>Makes a whiteout; returns 0 or the negative errno.</summary>
    public static int Make(int directory, ReadOnlySpan<byte> name) => Libc.try_mknodat(directory, name, Libc.S_IFCHR, 0);

    /// <summary>True for a directory that hides all that lower layers have in it.</summary>
    public static bool IsOpaque(int directory, ReadOnlySpan<byte> name)
    {
        Span<byte> value = stackalloc byte[4];
        return Libc.try_lgetxattr(RawName.Through(directory, name), s_opaque, value) == 1 && value[0] == (byte)'y';
    }

    /// <summary>Marks the directory that the fd (O_PATH too) holds; returns 0 or the negative errno.</summary>
    public static int MakeOpaque(int directory) => Libc.try_setxattr(RawName.Through(directory), s_opaque, "y"u8);
}
