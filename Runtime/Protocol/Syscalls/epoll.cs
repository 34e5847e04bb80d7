using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Rtd.Protocol.Syscalls;

internal static partial class Libc
{
    public const uint EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 16, EPOLLONESHOT = 1u << 30;

    public const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;

    [LibraryImport(LibraryName, EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int _epoll_create1(int flags);

    [LibraryImport(LibraryName, EntryPoint = "epoll_ctl", SetLastError = true)]
    private static unsafe partial int _epoll_ctl(int epoll, int operation, int fd, epoll_event* description);

    [LibraryImport(LibraryName, EntryPoint = "epoll_wait", SetLastError = true)]
    private static unsafe partial int _epoll_wait(int epoll, epoll_event* events, int maximum, int timeout);

    public static SafeFileHandle epoll_create1()
    {
        int fd = _epoll_create1(O_CLOEXEC);
        return fd >= 0 ? Own(fd) : throw Failure("epoll_create1");
    }

    public static unsafe void epoll_ctl(int epoll, int operation, int fd, uint events, ulong data)
    {
        epoll_event description = new() { events = events, data = data };
        if (_epoll_ctl(epoll, operation, fd, &description) < 0)
        {
            throw Failure("epoll_ctl", $"fd {fd}");
        }
    }

    /// <summary>Waits without limit; the number of events, at least 1.</summary>
    public static int epoll_wait(int epoll, Span<epoll_event> events)
    {
        int count;
        do
        {
            count = epoll_wait(epoll, events, -1);
        }
        while (count == 0);
        return count;
    }

    /// <summary>The number of events; 0 after the timeout in milliseconds (-1 has none), or after a signal.</summary>
    public static unsafe int epoll_wait(int epoll, Span<epoll_event> events, int timeout)
    {
        fixed (epoll_event* start = events)
        {
            int count = _epoll_wait(epoll, start, events.Length, timeout);
            return count >= 0 ? count : Marshal.GetLastPInvokeError() == EINTR ? 0 : throw Failure("epoll_wait");
        }
    }
}
