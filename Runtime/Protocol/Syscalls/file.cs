using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;

    [LibraryImport(LibraryName, EntryPoint = "flock", SetLastError = true)]
    private static partial int _flock(int fd, int operation);

    /// <summary>0, or the negative errno; -EAGAIN when another process has the lock.</summary>
    public static int try_flock(int fd, int operation)
    {
        while (true)
        {
            if (_flock(fd, operation) == 0)
            {
                return 0;
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != EINTR)
            {
                return -errno;
            }
        }
    }
}
