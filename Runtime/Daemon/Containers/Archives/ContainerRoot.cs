using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Storage.Trees;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Archives;

/// <summary>
/// A container's root with its mounts, as a detached tree that only an fd leads to: what the container mounts from now on does not show in it,
/// and all paths in it are resolved with it as the root (CVE-2018-15664).
/// </summary>
internal sealed class ContainerRoot : IAsyncDisposable
{
    /// <summary>Links and ".." stay inside, and no magic link of procfs leads out.</summary>
    public const ulong Inside = Libc.RESOLVE_IN_ROOT | Libc.RESOLVE_NO_MAGICLINKS;

    private readonly Func<Task>? _close;
    private readonly HashSet<ulong> _ownMounts;

    /// <param name="tree">A detached mount tree; owned from here on.</param>
    /// <param name="mounts">The mounts that the container was created with.</param>
    /// <param name="close">Ends what serves the tree.</param>
    /// <param name="maps">The ids of the container's user namespace; null for the host's.</param>
    public ContainerRoot(SafeFileHandle tree, IEnumerable<MountPoint> mounts, Func<Task>? close = null, IdMaps? maps = null)
    {
        Tree = tree;
        Maps = maps;
        _close = close;

        // A device node that somebody puts in the place of a file cannot be opened here, and nothing that is mounted elsewhere shows up.
        Libc.mount_setattr(tree.Fd(), recursive: true, new Libc.mount_attr { attr_set = Libc.MOUNT_ATTR_NODEV, propagation = Libc.MS_PRIVATE }, "the container's root");
        _ownMounts = [.. mounts.Select(mount => MountId(mount.Destination)).OfType<ulong>(), Libc.fstat(tree.Fd(), "/").stx_mnt_id];
    }

    public SafeFileHandle Tree { get; }

    /// <summary>What ids in the tree are to the container; null when they are the same.</summary>
    public IdMaps? Maps { get; }

    /// <summary>The fd of a path, or the negative errno.</summary>
    /// <param name="path">Zero-terminated, from the root.</param>
    public int TryOpen(ReadOnlySpan<byte> path, int flags) => Libc.try_openat2(Tree.Fd(), path.Length <= 1 ? ".\0"u8 : path, flags, 0, Inside);

    /// <summary>
    /// Whether a directory is the root of a mount that the container was not created with (/proc, /sys, /dev, what it mounted itself): as
    /// with Docker, a copy of what lies above does not go into it.
    /// </summary>
    /// <remarks>What is mounted below a bind of the host came with the bind.</remarks>
    public bool IsForeign(int directory, int below)
    {
        ulong above = Libc.fstat(directory, "").stx_mnt_id;
        ulong mount = Libc.fstat(below, "").stx_mnt_id;
        if (above == mount || _ownMounts.Contains(mount))
        {
            return false;
        }

        bool ofBind = above != Libc.fstat(Tree.Fd(), "/").stx_mnt_id && _ownMounts.Contains(above);
        return !ofBind || !_ownMounts.Add(mount);
    }

    public async ValueTask DisposeAsync()
    {
        Tree.Dispose();
        if (_close is not null)
        {
            await _close();
        }
    }

    private ulong? MountId(string destination)
    {
        int fd = TryOpen(RawName.From(destination), Libc.O_PATH);
        if (fd < 0)
        {
            return null;
        }

        using SafeFileHandle mount = Libc.Own(fd);
        return Libc.fstat(fd, destination).stx_mnt_id;
    }
}
