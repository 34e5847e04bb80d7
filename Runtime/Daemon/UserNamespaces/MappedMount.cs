using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.UserNamespaces;

/// <summary>
/// Mounts whose files have a user namespace's ids: what is 0 on the disk is its root there (idmapped mounts, Linux 5.12; of layers of overlayfs 5.19).
/// </summary>
/// <remarks>So nothing on the disk is shifted: layers, containers' changes and volumes are the same for containers with and without a user namespace.</remarks>
internal static class MappedMount
{
    /// <summary>Maps the ids of a detached mount that nobody has used yet.</summary>
    public static void Apply(SafeFileHandle mount, SafeFileHandle userNamespace, string subject) =>
        Libc.mount_setattr(mount.Fd(), recursive: false, Attributes(userNamespace), subject);

    /// <summary>As <see cref="Apply"/>; false for a file system that cannot do it (network file systems, FUSE, overlayfs itself): its ids stay the host's.</summary>
    public static bool TryApply(SafeFileHandle mount, SafeFileHandle userNamespace, string subject)
    {
        try
        {
            Apply(mount, userNamespace, subject);
            return true;
        }
        catch (SyscallException refused) when (refused.Errno == Libc.EINVAL)
        {
            return false;
        }
    }

    /// <summary>Maps the ids of a detached mount, if there is something to map by.</summary>
    /// <param name="mount">Closed when it fails.</param>
    public static SafeFileHandle Of(SafeFileHandle mount, Remapping? remapping)
    {
        try
        {
            if (remapping is not null)
            {
                Apply(mount, remapping.Namespace, "a mount");
            }

            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <summary>A detached copy of the mount of a directory, with mapped ids.</summary>
    public static SafeFileHandle Open(string directory, SafeFileHandle userNamespace)
    {
        SafeFileHandle mount = Libc.open_tree(Libc.AT_FDCWD, directory, Libc.OPEN_TREE_CLONE, directory);
        try
        {
            Apply(mount, userNamespace, directory);
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    private static Libc.mount_attr Attributes(SafeFileHandle userNamespace) => new() { attr_set = Libc.MOUNT_ATTR_IDMAP, userns_fd = (ulong)userNamespace.Fd() };
}
