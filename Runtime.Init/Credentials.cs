using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>Groups, ids and capabilities of this thread, which is the one that execs.</summary>
internal static class Credentials
{
    private const int LastCapability = 63;

    public static void Drop(Identity identity, CapabilitySpec capabilities)
    {
        DropBoundingSet(capabilities.Bounding);
        Libc.prctl(Libc.PR_SET_KEEPCAPS, 1);
        Libc.setgroups_thread([.. identity.Groups]);
        Libc.setresgid_thread(identity.Gid);
        Libc.setresuid_thread(identity.Uid);
        Libc.prctl(Libc.PR_SET_KEEPCAPS, 0);
        Libc.capset(capabilities.Effective, capabilities.Permitted);
        Libc.prctl(Libc.PR_CAP_AMBIENT, Libc.PR_CAP_AMBIENT_CLEAR_ALL);
    }

    private static void DropBoundingSet(ulong keep)
    {
        for (int capability = 0; capability <= LastCapability; capability++)
        {
            if ((keep & (1UL << capability)) != 0)
            {
                continue;
            }

            int present = Libc.try_prctl(Libc.PR_CAPBSET_READ, (nuint)capability);
            if (present == -Libc.EINVAL)
            {
                // Past the last capability of this kernel.
                return;
            }

            if (present == 1)
            {
                Libc.prctl(Libc.PR_CAPBSET_DROP, (nuint)capability);
            }
        }
    }
}
