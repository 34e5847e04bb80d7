using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Api.Transport;

/// <summary>
/// Tells when peers are gone for good, also while nobody reads their sockets: one epoll(7) set and one thread for the daemon,
/// asleep but for hang-ups.
/// </summary>
internal static class HangupWatcher
{
    private static readonly Logger s_log = LogManager.GetLogger("api");
    private static readonly ConcurrentDictionary<ulong, HangupWatch> s_watches = new();
    private static readonly Lazy<SafeFileHandle> s_epoll = new(Start);
    private static ulong s_lastKey;

    /// <summary>Calls back once, on the watcher's thread, when the peer has closed both directions or the connection broke.</summary>
    /// <returns>Ends the watch; before the socket is closed.</returns>
    public static IDisposable Watch(SafeSocketHandle socket, Action hungUp)
    {
        HangupWatch watch = new(Interlocked.Increment(ref s_lastKey), socket, hungUp);
        s_watches[watch.Key] = watch;
        try
        {
            // No events asked for: EPOLLHUP and EPOLLERR are always reported. One shot, since a hang-up is for ever.
            Control(socket, Libc.EPOLL_CTL_ADD, Libc.EPOLLONESHOT, watch.Key);
            return watch;
        }
        catch
        {
            s_watches.TryRemove(watch.Key, out _);
            throw;
        }
    }

    /// <summary>Ends a watch that may have fired already.</summary>
    public static void Forget(HangupWatch watch)
    {
        if (!s_watches.TryRemove(watch.Key, out _))
        {
            return;
        }

        try
        {
            Control(watch.Socket, Libc.EPOLL_CTL_DEL, 0, 0);
        }
        catch (Exception closed) when (closed is ObjectDisposedException or SyscallException)
        {
            // The set forgets a socket by itself when its last fd is closed.
            s_log.Trace("hang-up watch: {Reason}", closed.Message);
        }
    }

    /// <summary>Holds the handle meanwhile, so that the number cannot come to mean another connection.</summary>
    private static void Control(SafeSocketHandle socket, int operation, uint events, ulong key)
    {
        bool held = false;
        try
        {
            socket.DangerousAddRef(ref held);
            Libc.epoll_ctl(s_epoll.Value.Fd(), operation, (int)socket.DangerousGetHandle(), events, key);
        }
        finally
        {
            if (held)
            {
                socket.DangerousRelease();
            }
        }
    }

    private static SafeFileHandle Start()
    {
        SafeFileHandle epoll = Libc.epoll_create1();
        Thread thread = new(() => Run(epoll)) { IsBackground = true, Name = "hangups" };
        thread.UnsafeStart();
        return epoll;
    }

    private static void Run(SafeFileHandle epoll)
    {
        Span<Libc.epoll_event> events = stackalloc Libc.epoll_event[64];
        while (true)
        {
            int count = Libc.epoll_wait(epoll.Fd(), events);
            foreach (Libc.epoll_event hangup in events[..count])
            {
                if (s_watches.TryRemove(hangup.data, out HangupWatch? watch))
                {
                    watch.HungUp();
                }
            }
        }
    }
}
