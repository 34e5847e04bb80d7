namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const uint KEY_POS_ALL = 0x3f000000, KEY_USR_VIEW = 0x10000, KEY_USR_READ = 0x20000, KEY_USR_SEARCH = 0x80000, KEY_USR_LINK = 0x100000;

    private const nint KEYCTL_JOIN_SESSION_KEYRING = 1, KEYCTL_SETPERM = 5;

    /// <summary>
    /// Makes the keyring of that name the session keyring of this thread, and of what it executes; a new one when there is none that the caller may search. Returns
    /// its serial number, or the negative errno (ENOSYS: the kernel has no keys).
    /// </summary>
    public static unsafe int try_keyctl_join_session_keyring(string name)
    {
        fixed (byte* text = System.Text.Encoding.UTF8.GetBytes(name + "\0"))
        {
            long serial = _syscall3(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, (nint)text, 0);
            return serial >= 0 ? (int)serial : -System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        }
    }

    public static void keyctl_setperm(int serial, uint permissions)
    {
        if (_syscall3(SYS_keyctl, KEYCTL_SETPERM, serial, (nint)permissions) < 0)
        {
            throw Failure("keyctl KEYCTL_SETPERM");
        }
    }
}
