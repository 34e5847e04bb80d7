using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Protocol.Mounts;

/// <summary>Sets attributes and propagation of a detached copy of the host's mounts; each of them goes down to what is mounted below, or not.</summary>
internal static class MountProperties
{
    /// <param name="tree">A detached mount tree.</param>
    /// <param name="attributes">MOUNT_ATTR_* to set.</param>
    /// <param name="below">Attributes for what is mounted below too.</param>
    /// <param name="propagation">MS_PRIVATE, MS_SLAVE or MS_SHARED, with MS_REC for what is mounted below too; 0 for rprivate.</param>
    /// <param name="subject">For the error.</param>
    public static void Apply(SafeFileHandle tree, ulong attributes, bool below, ulong propagation, string subject)
    {
        ulong kind = propagation == 0 ? Libc.MS_PRIVATE : propagation & ~Libc.MS_REC;
        bool propagationBelow = propagation == 0 || (propagation & Libc.MS_REC) != 0;
        if (!propagationBelow && kind != Libc.MS_SHARED)
        {
            // What is below is not asked to be private, but must not be a peer of the host's either.
            Libc.mount_setattr(tree.Fd(), recursive: true, new Libc.mount_attr { propagation = Libc.MS_SLAVE }, subject);
        }

        if (below == propagationBelow || attributes == 0)
        {
            Libc.mount_setattr(tree.Fd(), propagationBelow, new Libc.mount_attr { attr_set = attributes, propagation = kind }, subject);
            return;
        }

        Libc.mount_setattr(tree.Fd(), below, new Libc.mount_attr { attr_set = attributes }, subject);
        Libc.mount_setattr(tree.Fd(), propagationBelow, new Libc.mount_attr { propagation = kind }, subject);
    }
}
