using System.Runtime.InteropServices;

namespace Rtd.Protocol.Syscalls;

// shared: poll(2) on one fd.
internal static partial class Libc
{
    private const short POLLIN = 1;

    [StructLayout(LayoutKind.Sequential)]
    private struct pollfd
    {
        public int fd;
        public short events;
        public short revents;
    }

    [LibraryImport(LibraryName, EntryPoint = "poll", SetLastError = true)]
    private static unsafe partial int _poll(pollfd* fds, nuint count, int timeout);

    /// <summary>Waits until an fd can be read (a pidfd: its process has ended). False after the timeout, in milliseconds; −1 has none.</summary>
    public static unsafe bool poll_readable(int fd, int timeout)
    {
        pollfd one = new() { fd = fd, events = POLLIN };
        while (true)
        {
            int count = _poll(&one, 1, timeout);
            if (count >= 0)
            {
                return count > 0;
            }

            if (Marshal.GetLastPInvokeError() != EINTR)
            {
                throw Failure("poll", $"fd {fd}");
            }
        }
    }
}
