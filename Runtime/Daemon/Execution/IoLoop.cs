using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>
/// One epoll thread for all pipes, terminals, sync sockets and pidfds of all containers: it only says that an fd is ready, the work is
/// done on the thread pool. A container at rest costs no thread.
/// </summary>
internal sealed class IoLoop
{
    private const int EventsPerWait = 64;

    private readonly SafeFileHandle _epoll = Libc.epoll_create1();
    private readonly ConcurrentDictionary<ulong, IoSource> _sources = new();
    private ulong _lastId;

    private IoLoop()
    {
        Thread thread = new(Run) { IsBackground = true, Name = "io-loop" };
        thread.Start();
    }

    public static IoLoop Shared { get; } = new();

    /// <summary>Registers an fd, disarmed. The source takes the handle over.</summary>
    public IoSource Register(SafeFileHandle handle)
    {
        ulong id = Interlocked.Increment(ref _lastId);
        IoSource source = new(this, id, handle);
        _sources[id] = source;
        try
        {
            Libc.epoll_ctl(_epoll.Fd(), Libc.EPOLL_CTL_ADD, handle.Fd(), Libc.EPOLLONESHOT, id);
        }
        catch (SyscallException)
        {
            _sources.TryRemove(id, out _);
            throw;
        }

        return source;
    }

    /// <summary>Asks for one event.</summary>
    internal void Arm(IoSource source, uint events) =>
        Libc.epoll_ctl(_epoll.Fd(), Libc.EPOLL_CTL_MOD, source.Handle.Fd(), events | Libc.EPOLLONESHOT, source.Id);

    internal void Remove(IoSource source)
    {
        if (_sources.TryRemove(source.Id, out _))
        {
            Libc.epoll_ctl(_epoll.Fd(), Libc.EPOLL_CTL_DEL, source.Handle.Fd(), 0, 0);
        }
    }

    private void Run()
    {
        Libc.epoll_event[] events = new Libc.epoll_event[EventsPerWait];
        while (true)
        {
            int count = Libc.epoll_wait(_epoll.Fd(), events);
            for (int i = 0; i < count; i++)
            {
                if (_sources.TryGetValue(events[i].data, out IoSource? source))
                {
                    source.Wake();
                }
            }
        }
    }
}
