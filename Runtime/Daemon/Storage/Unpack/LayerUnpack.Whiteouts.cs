using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>Whiteouts of the OCI layer format (AUFS' names): <c>.wh.name</c> hides a name of the layers below, <c>.wh..wh..opq</c> all of a directory.</summary>
internal sealed partial class LayerUnpack
{
    private static ReadOnlySpan<byte> WhiteoutPrefix => ".wh."u8;

    private static ReadOnlySpan<byte> OpaqueName => ".wh..wh..opq\0"u8;

    /// <summary>Directories that AUFS kept for itself and that stray into old images; they say nothing about the layer.</summary>
    private static bool IsAufsMetadata(ReadOnlySpan<byte> path)
    {
        int end = path.IndexOfAny((byte)'/', (byte)0);
        ReadOnlySpan<byte> first = path[..end];
        return first.SequenceEqual(".wh..wh.aufs"u8) || first.SequenceEqual(".wh..wh.orph"u8) || first.SequenceEqual(".wh..wh.plnk"u8);
    }

    /// <summary>A whiteout is a last component with a name behind it; elsewhere the prefix could only be meant to confuse.</summary>
    private static void CheckReservedNames(TarEntry entry, EntryPath path)
    {
        ReadOnlySpan<byte> directory = path.Directory();
        if (directory.StartsWith(WhiteoutPrefix) || directory.IndexOf("/.wh."u8) >= 0)
        {
            throw TarError.Entry(entry, "a whiteout cannot be a directory");
        }

        if (!path.Name.StartsWith(WhiteoutPrefix) || path.Name.SequenceEqual(OpaqueName))
        {
            return;
        }

        ReadOnlySpan<byte> hidden = path.Name[WhiteoutPrefix.Length..^1];
        if (hidden.IsEmpty || hidden.SequenceEqual("."u8) || hidden.SequenceEqual(".."u8) || hidden.StartsWith(WhiteoutPrefix))
        {
            throw TarError.Entry(entry, "invalid whiteout");
        }
    }

    private void UnpackWhiteout(TarEntry entry, EntryPath path, int parent)
    {
        if (entry.Type != TarEntryType.File)
        {
            throw TarError.Entry(entry, "a whiteout must be a file");
        }

        if (path.Name.SequenceEqual(OpaqueName))
        {
            Check("setxattr", path.Path, Whiteout.MakeOpaque(parent));
            return;
        }

        ReadOnlySpan<byte> hidden = path.Name[WhiteoutPrefix.Length..];
        int made = Whiteout.Make(parent, hidden);
        if (made != -Libc.EEXIST)
        {
            Check("mknodat", path.Path, made);
            return;
        }

        // A whiteout hides what is below, not what this very layer brings: then only a directory needs a mark, so as not to merge.
        Check("statx", path.Path, Libc.try_statx(parent, hidden, Libc.AT_SYMLINK_NOFOLLOW, out Libc.statx_t status));
        if (status.Type == Libc.S_IFDIR)
        {
            int fd = Libc.try_openat(parent, hidden, Libc.O_PATH | Libc.O_DIRECTORY | Libc.O_NOFOLLOW);
            Check("openat", path.Path, fd);
            using Microsoft.Win32.SafeHandles.SafeFileHandle directory = Libc.Own(fd);
            Check("setxattr", path.Path, Whiteout.MakeOpaque(fd));
        }
    }
}
