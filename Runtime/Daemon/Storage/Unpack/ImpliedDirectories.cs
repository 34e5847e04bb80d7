using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Storage.Tar;
using Rtd.Daemon.Storage.Trees;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Storage.Unpack;

/// <summary>The directories that an archive names only as part of longer names: a layer made that way leaves them as the layers below have them.</summary>
/// <remarks>Collected while the layer is unpacked and carried out when it is known what lies below it, so that all layers of an image unpack at once.</remarks>
internal sealed class ImpliedDirectories
{
    /// <summary>For the names, in bytes: a hundred thousand of them; real archives imply some tens.</summary>
    private const int MaxNames = 16 << 20;

    private const ulong InRoot = Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS | Libc.RESOLVE_NO_XDEV;

    private readonly Dictionary<ulong, byte[]> _paths = [];
    private long _names;

    public bool IsEmpty => _paths.Count == 0;

    /// <param name="status">The directory just made.</param>
    /// <param name="path">Zero-terminated, below the root; just the zero for the root.</param>
    /// <exception cref="InvalidDataException">There are more than memory is to be spent on.</exception>
    public void Add(in Libc.statx_t status, byte[] path)
    {
        _names += path.Length + 100;
        if (_names > MaxNames)
        {
            throw new InvalidDataException("too many directories are not listed in the archive");
        }

        _paths[status.stx_ino] = path;
    }

    /// <summary>An entry of its own has come for the directory.</summary>
    public void Remove(in Libc.statx_t status) => _paths.Remove(status.stx_ino);

    /// <summary>Gives the directories the owner, mode and time that they have below.</summary>
    public void Apply(SafeFileHandle root, LowerDirectories lowers)
    {
        foreach ((ulong inode, byte[] path) in _paths)
        {
            int fd = Libc.try_openat2(root.Fd(), path.Length <= 1 ? ".\0"u8 : path, Libc.O_RDONLY | Libc.O_DIRECTORY, 0, InRoot);
            if (fd < 0)
            {
                continue;
            }

            using SafeFileHandle directory = Libc.Own(fd);
            if (Libc.fstat(fd, RawName.Show(path)).stx_ino == inode && lowers.FindDirectory(path) is { } below)
            {
                Set(fd, path, below);
            }
        }
    }

    private static void Set(int directory, byte[] path, in Libc.statx_t below)
    {
        TreeAttributes.SetOwnerMode(directory, ".\0"u8, Libc.S_IFDIR, below.Permissions(), below.stx_uid, below.stx_gid);
        Libc.timespec time = new() { tv_sec = below.stx_mtime.tv_sec, tv_nsec = below.stx_mtime.tv_nsec };
        int result = Libc.try_utimensat(directory, ".\0"u8, time, time);
        if (result != 0)
        {
            throw new SyscallException("utimensat", -result, RawName.Show(path));
        }
    }
}
