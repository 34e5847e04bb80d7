using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>A process of a container, from its start until the daemon has written its end down.</summary>
/// <param name="isOurs">A child, to be reaped; else that of a supervisor that has died, which init reaps.</param>
internal sealed class Child(ulong id, int pid, SafeFileHandle pidfd, bool isOurs)
{
    /// <summary>In ten seconds. init reaps it in a moment, and until then the kernel does not tell how it ended.</summary>
    private const int ReapedElsewhereTries = 20;

    private const int UnknownExitCode = 255;

    private readonly Dictionary<string, SafeFileHandle> _fds = [];
    private readonly List<Drain> _drains = [];
    private string _notes = "";
    private string _spool = "";
    private Action<Child>? _ended;
    private int? _exitCode;
    private long _exitTicks;
    private bool _closed;

    public ulong Id { get; } = id;

    public SafeFileHandle Pidfd { get; } = pidfd;

    /// <summary>What it is, in the daemon's words; empty until the daemon has said so.</summary>
    public string Key { get; private set; } = "";

    /// <summary>False when it was said before.</summary>
    public bool Hold(Holding holding)
    {
        if (Key.Length > 0)
        {
            return false;
        }

        (Key, _notes, _spool) = (holding.Key, holding.Notes, holding.Spool);
        foreach ((string name, SafeFileHandle fd) in holding.Fds)
        {
            _fds[name] = fd;
        }

        return true;
    }

    public void Release(string name)
    {
        if (_fds.Remove(name, out SafeFileHandle? fd))
        {
            fd.Dispose();
        }
    }

    public void WatchEnd(EventLoop loop, Action<Child> ended)
    {
        _ended = ended;
        loop.Watch(Pidfd.Fd(), Libc.EPOLLIN, _ => Reap(loop));
    }

    public WireWriter Exited()
    {
        WireWriter message = new((byte)SupervisorMessage.Exited);
        message.ULong(Id);
        message.Int(_exitCode ?? UnknownExitCode);
        message.ULong((ulong)_exitTicks);
        return message;
    }

    /// <summary>All that is known, to a daemon that has come.</summary>
    public void Tell(DaemonConnection connection)
    {
        WireWriter message = new((byte)SupervisorMessage.Child);
        message.ULong(Id);
        message.Int(pid);
        message.String(Key);
        message.String(_notes);
        message.Bool(_exitCode is not null);
        message.Int(_exitCode ?? 0);
        message.ULong((ulong)_exitTicks);
        message.List([.. _fds.Keys], static (writer, name) => writer.String(name));
        connection.Send(message, [Pidfd, .. _fds.Values]);
    }

    public void StartDraining(EventLoop loop)
    {
        foreach ((string name, SafeFileHandle fd) in _fds.Where(static held => HeldFds.IsOutput(held.Key)))
        {
            Drain drain = new(fd, _spool.Length == 0 ? null : $"{_spool}/{HeldFds.SpoolName(name)}");
            _drains.Add(drain);
            drain.Start(loop);
        }
    }

    public void StopDraining(EventLoop loop)
    {
        _drains.ForEach(drain => drain.Stop(loop));
        _drains.Clear();
    }

    public void Close(EventLoop loop)
    {
        _closed = true;
        StopDraining(loop);
        loop.Unwatch(Pidfd.Fd());
        Pidfd.Dispose();
        foreach (SafeFileHandle fd in _fds.Values)
        {
            fd.Dispose();
        }
    }

    private void Reap(EventLoop loop)
    {
        loop.Unwatch(Pidfd.Fd());
        _exitTicks = DateTime.UtcNow.Ticks;
        if (isOurs)
        {
            SetEnd(Libc.waitid_pidfd(Pidfd.Fd(), block: true) ?? UnknownExitCode);
            return;
        }

        AskForEnd(loop, ReapedElsewhereTries);
    }

    private void AskForEnd(EventLoop loop, int tries)
    {
        if (_closed)
        {
            return;
        }

        if ((Libc.pidfd_exit_code(Pidfd.Fd()) ?? (tries == 0 ? UnknownExitCode : null)) is { } code)
        {
            SetEnd(code);
        }
        else
        {
            loop.RetryLater(() => AskForEnd(loop, tries - 1));
        }
    }

    private void SetEnd(int code)
    {
        _exitCode = code;
        _ended?.Invoke(this);
    }

    /// <summary>What the daemon has said of it.</summary>
    internal sealed record Holding(string Key, string Notes, string Spool, IReadOnlyList<(string Name, SafeFileHandle Fd)> Fds)
    {
        public static Holding Read(DaemonConnection connection, WireReader body)
        {
            string key = body.String();
            string notes = body.String();
            string spool = body.String();
            List<string> names = body.List(static reader => reader.String());
            return new Holding(key, notes, spool, [.. names.Select(name => (name, connection.Frames.TakeFd()))]);
        }

        public void Close()
        {
            foreach ((_, SafeFileHandle fd) in Fds)
            {
                fd.Dispose();
            }
        }
    }
}
