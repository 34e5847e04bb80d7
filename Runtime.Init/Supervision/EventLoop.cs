using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>epoll with a handler per fd. Not for several threads, but for <see cref="Wait"/>.</summary>
internal sealed class EventLoop
{
    private readonly SafeFileHandle _epoll = Libc.epoll_create1();
    private readonly Dictionary<ulong, Action<uint>> _handlers = [];
    private readonly Dictionary<int, ulong> _ids = [];
    private ulong _lastId;

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
