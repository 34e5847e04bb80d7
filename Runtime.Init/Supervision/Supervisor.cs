using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>
/// Live restore: the parent of all containers' processes. It starts them for the daemon, reaps them, holds their fds, drains their output while
/// there is no daemon, starts a daemon again that has crashed, and hands everything to the next one.
/// </summary>
/// <remarks>
/// One thread waits for events; a thread each for the moments in which a process is started, since that can hang (a frozen cgroup). One lock over all
/// that is known. All signals are blocked: whoever ends the daemon does not mean the containers.
/// </remarks>
/// <param name="listener">Where daemons connect.</param>
internal sealed class Supervisor(int listener)
{
    private const int EventsPerWait = 32, Backlog = 4;

    private readonly Lock _gate = new();
    private readonly EventLoop _loop = new();
    private readonly Dictionary<ulong, Child> _children = [];
    private readonly Dictionary<string, KeptFd> _kept = [];
    private readonly DaemonKeeper _daemon = new();
    private DaemonConnection? _connection;
    private ulong _lastId;
    private bool _quit;

    public int Run()
    {
        Libc.setsid();
        Libc.chdir("/");
        NameProcess();

        // Who listens last is whom a daemon that connects sees at the other end (SO_PEERCRED): not the daemon that made the socket.
        Libc.listen(listener, Backlog);
        _loop.Watch(listener, Libc.EPOLLIN, _ => Accept());
        Libc.epoll_event[] events = new Libc.epoll_event[EventsPerWait];
        while (!_quit)
        {
            int count = _loop.Wait(events, TimeoutMilliseconds());
            lock (_gate)
            {
                for (int i = 0; i < count; i++)
                {
                    _loop.Dispatch(events[i]);
                }

                OnTime();
            }
        }

        return 0;
    }

    private static unsafe void NameProcess()
    {
        fixed (byte* name = "rtd-supervisor\0"u8)
        {
            Libc.prctl(Libc.PR_SET_NAME, (nuint)name);
        }
    }

    /// <summary>Until the next thing to do without an event: start a daemon, or try something again.</summary>
    private int TimeoutMilliseconds()
    {
        lock (_gate)
        {
            long now = Environment.TickCount64;
            int restart = _connection is null ? _daemon.MillisecondsToStart(now) : -1;
            int retry = _loop.MillisecondsToRetry(now);
            return restart < 0 || retry < 0 ? Math.Max(restart, retry) : Math.Min(restart, retry);
        }
    }

    private void OnTime()
    {
        long now = Environment.TickCount64;
        _loop.Retry(now);
        if (_connection is null && _daemon.MillisecondsToStart(now) == 0)
        {
            _daemon.Start(_loop, now);
        }
    }

    private void Accept()
    {
        int fd = Libc.try_accept(listener);
        if (fd < 0)
        {
            return;
        }

        // One daemon at a time: locks on its directories see to that. An old one that is still connected is on its last breath.
        _connection?.Close(_loop);
        DaemonConnection connection = new(Libc.Own(fd));
        _connection = connection;
        _loop.Watch(fd, Libc.EPOLLIN, _ => Receive(connection));
    }

    private void Receive(DaemonConnection connection)
    {
        try
        {
            bool open = connection.Fill();
            while (connection.Frames.TryTake(out SupervisorMessage kind, out WireReader body))
            {
                Handle(connection, kind, body);
            }

            if (open)
            {
                return;
            }
        }
        catch (Exception failure) when (failure is InvalidDataException or SyscallException)
        {
            Console.Error.WriteLine($"rtd-supervisor: the daemon's connection: {failure.Message}");
        }

        connection.Close(_loop);
        if (connection == _connection)
        {
            _connection = null;
            Disconnected();
        }
    }

    private void Handle(DaemonConnection connection, SupervisorMessage kind, WireReader body)
    {
        switch (kind)
        {
            case SupervisorMessage.Hello:
                _daemon.Remember(_loop, connection, body);
                Welcome(connection);
                break;
            case SupervisorMessage.Spawn:
                SpawnOrder order = SpawnOrder.Read(connection, body);
                StartSpawning(connection, order);
                break;
            case SupervisorMessage.Hold:
                ulong held = body.ULong();
                Child.Holding holding = Child.Holding.Read(connection, body);
                if (!_children.TryGetValue(held, out Child? child) || !child.Hold(holding))
                {
                    holding.Close();
                }

                break;
            case SupervisorMessage.Release:
                _children.GetValueOrDefault(body.ULong())?.Release(body.String());
                break;
            case SupervisorMessage.Forget:
                if (_children.Remove(body.ULong(), out Child? forgotten))
                {
                    forgotten.Close(_loop);
                }

                break;
            case SupervisorMessage.Keep:
                string name = body.String();
                Drop(name);
                _kept[name] = new KeptFd(connection.Frames.TakeFd(), body.Bytes());
                break;
            case SupervisorMessage.Drop:
                Drop(body.String());
                break;
            case SupervisorMessage.Goodbye:
                _daemon.Dismiss();
                break;
            case SupervisorMessage.Adopt:
                Adopt(connection, body);
                break;
        }
    }

    private void Drop(string name)
    {
        if (_kept.Remove(name, out KeptFd? old))
        {
            old.Close(_loop);
        }
    }

    private void Welcome(DaemonConnection connection)
    {
        foreach (Child child in _children.Values)
        {
            child.StopDraining(_loop);
        }

        foreach (KeptFd kept in _kept.Values)
        {
            kept.StopServing(_loop);
        }

        connection.Send(new WireWriter((byte)SupervisorMessage.Welcome), []);
        foreach (Child child in _children.Values)
        {
            child.Tell(connection);
        }

        foreach ((string name, KeptFd kept) in _kept)
        {
            WireWriter message = new((byte)SupervisorMessage.Kept);
            message.String(name);
            connection.Send(message, [kept.Fd]);
        }

        connection.Send(new WireWriter((byte)SupervisorMessage.Told), []);
    }

    private void StartSpawning(DaemonConnection connection, SpawnOrder order)
    {
        try
        {
            new Thread(() => Spawn(connection, order)) { IsBackground = true }.Start();
        }
        catch (OutOfMemoryException)
        {
            // What the runtime says when clone fails: the pids limit is reached.
            Answer(connection, order.Refuse(Libc.EAGAIN));
        }
    }

    /// <summary>On a thread of its own.</summary>
    private void Spawn(DaemonConnection connection, SpawnOrder order)
    {
        SpawnOrder.Result result = order.Run();
        lock (_gate)
        {
            Answer(connection, result);
        }
    }

    private void Answer(DaemonConnection connection, SpawnOrder.Result result)
    {
        ulong id = ++_lastId;
        if (result.Pidfd is { } pidfd)
        {
            Add(new Child(id, result.Pid, pidfd, isOurs: true));
        }

        WireWriter message = new((byte)SupervisorMessage.Spawned);
        message.ULong(result.Token);
        message.ULong(id);
        message.Int(result.Pid);
        message.Int(result.Errno);
        message.String(result.Call);
        message.String(result.Subject);
        connection.Send(message, result.Pidfd is null ? [] : [result.Pidfd]);
    }

    private void Adopt(DaemonConnection connection, WireReader body)
    {
        ulong token = body.ULong();
        int pid = body.Int();
        Child child = new(++_lastId, pid, connection.Frames.TakeFd(), isOurs: false);
        child.Hold(Child.Holding.Read(connection, body));
        Add(child);
        WireWriter message = new((byte)SupervisorMessage.Spawned);
        message.ULong(token);
        message.ULong(child.Id);
        message.Int(pid);
        message.Int(0);
        message.String("");
        message.String("");
        connection.Send(message, [child.Pidfd]);
    }

    private void Add(Child child)
    {
        _children[child.Id] = child;
        child.WatchEnd(_loop, Ended);
    }

    private void Ended(Child child)
    {
        if (_connection is { } connection)
        {
            connection.Send(child.Exited(), []);
        }
        else if (child.Key.Length == 0)
        {
            // Started for a daemon that died before it said what for; nobody will ask.
            _children.Remove(child.Id);
            child.Close(_loop);
        }
    }

    /// <summary>The daemon is gone: writers must not wait for the next one. With nothing to hold and no daemon to start there is nothing to stay for.</summary>
    private void Disconnected()
    {
        _quit = _children.Count == 0 && !_daemon.IsWanted;
        foreach (Child child in _children.Values)
        {
            child.StartDraining(_loop);
        }

        foreach (KeptFd kept in _kept.Values)
        {
            kept.StartServing(_loop);
        }
    }
}
