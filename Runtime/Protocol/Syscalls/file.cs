using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const int LOCK_SH = 1, LOCK_EX = 2, LOCK_NB = 4, LOCK_UN = 8;

    private const int F_OFD_SETLK = 37;

    private const short F_WRLCK = 1;

    /// <summary>struct flock of 64-bit architectures; zero start and length are the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct flock_t
    {
        public short l_type;
        public short l_whence;
        public long l_start;
        public long l_len;
        public int l_pid;
    }

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

    /// <summary>Locks the whole file for the open file description (Linux 3.15); 0, or the negative errno (EAGAIN: another holds it).</summary>
    public static unsafe int try_write_lock(int fd)
    {
        flock_t request = new() { l_type = F_WRLCK };
        return _fcntl(fd, F_OFD_SETLK, (nint)(&request)) >= 0 ? 0 : -Marshal.GetLastPInvokeError();
    }
}
