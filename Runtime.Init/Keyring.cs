using Rtd.Protocol.Syscalls;

namespace Rtd.Init;

/// <summary>A session keyring of the container's own: keys in the daemon's are for whoever has it, and keyrings are in no namespace.</summary>
internal static class Keyring
{
    /// <param name="name">Of the container's. Empty leaves the daemon's.</param>
    public static void Join(string name)
    {
        if (name.Length == 0)
        {
            return;
        }

        int serial = Libc.try_keyctl_join_session_keyring(name);
        if (serial == -Libc.ENOSYS)
        {
            return;
        }

        if (serial < 0)
        {
            // Each user has a quota of keys, the root of a user namespace too.
            throw new SyscallException("keyctl KEYCTL_JOIN_SESSION_KEYRING", -serial, serial == -Libc.EDQUOT ? $"{name}: see sysctl kernel.keys.maxkeys" : name);
        }

        // An exec finds it only when its owner may search it.
        Libc.keyctl_setperm(serial, Libc.KEY_POS_ALL | Libc.KEY_USR_VIEW | Libc.KEY_USR_READ | Libc.KEY_USR_SEARCH | Libc.KEY_USR_LINK);
    }
}
