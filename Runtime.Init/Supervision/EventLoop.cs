using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>epoll with a handler per fd. Not for several threads, but for <see cref="Wait"/>.</summary>
internal sealed class EventLoop
{
    private const int RetryPause = 500;

    private readonly SafeFileHandle _epoll = Libc.epoll_create1();
    private readonly Dictionary<ulong, Action<uint>> _handlers = [];
    private readonly Dictionary<int, ulong> _ids = [];
    private ulong _lastId;
    private List<Action> _retries = [];
    private long _retriesDue;

    public void Watch(int fd, uint events, Action<uint> handler)
    {
        ulong id = ++_lastId;
        _handlers[id] = handler;
        _ids[fd] = id;
        Libc.epoll_ctl(_epoll.Fd(), Libc.EPOLL_CTL_ADD, fd, events, id);
    }

    /// <summary>Before the fd is closed; one that is not watched is left alone.</summary>
    public void Unwatch(int fd)
    {
        if (_ids.Remove(fd, out ulong id))
        {
            _handlers.Remove(id);
            Libc.epoll_ctl(_epoll.Fd(), Libc.EPOLL_CTL_DEL, fd, 0, 0);
        }
    }

    public bool IsWatched(int fd) => _ids.ContainsKey(fd);

    /// <summary>Half a second later, for what no event tells of; who has thought better of it meanwhile looks to that himself.</summary>
    public void RetryLater(Action retry)
    {
        if (_retries.Count == 0)
        {
            _retriesDue = Environment.TickCount64 + RetryPause;
        }

        _retries.Add(retry);
    }

    /// <summary>-1: there is nothing to be tried again.</summary>
    public int MillisecondsToRetry(long now) => _retries.Count == 0 ? -1 : (int)Math.Max(0, _retriesDue - now);

    /// <summary>Carries out what is due; it may ask for another time.</summary>
    public void Retry(long now)
    {
        if (MillisecondsToRetry(now) == 0)
        {
            List<Action> due = _retries;
            _retries = [];
            due.ForEach(static retry => retry());
        }
    }

    public int Wait(Span<Libc.epoll_event> events, int timeout) => Libc.epoll_wait(_epoll.Fd(), events, timeout);

    /// <summary>An event of an fd that an earlier handler has closed is passed over.</summary>
    public void Dispatch(Libc.epoll_event happened)
    {
        if (_handlers.TryGetValue(happened.data, out Action<uint>? handler))
        {
            handler(happened.events);
        }
    }
}
