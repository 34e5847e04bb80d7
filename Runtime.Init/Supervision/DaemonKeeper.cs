using Microsoft.Win32.SafeHandles;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Init.Supervision;

/// <summary>Starts the daemon again when it has died without saying goodbye: at once, then after pauses that double, until one has lived for a while.</summary>
internal sealed class DaemonKeeper
{
    private const int FirstPause = 100, LongestPause = 60_000, LongEnough = 5_000;

    private List<string> _arguments = [];
    private List<string> _environment = [];
    private string _program = "";
    private string _directory = "/";
    private SafeFileHandle[] _stdio = [];
    private SafeFileHandle? _process;
    private long _begun;
    private int _pause;
    private long? _due;

    /// <summary>It is to be started again when it ends.</summary>
    public bool IsWanted { get; private set; }

    /// <summary>Hello: this one is the daemon now, and so is it to be started.</summary>
    public void Remember(EventLoop loop, DaemonConnection connection, WireReader body)
    {
        _program = body.String();
        _arguments = body.List(static reader => reader.String());
        _environment = body.List(static reader => reader.String());
        _directory = body.String();
        _environment.RemoveAll(static variable => variable.StartsWith(RestartMark.Variable + "=", StringComparison.Ordinal));
        _environment.Add(RestartMark.Variable + "=1");
        IsWanted = body.Bool();
        SafeFileHandle[] stdio = [connection.Frames.TakeFd(), connection.Frames.TakeFd(), connection.Frames.TakeFd()];
        Array.ForEach(_stdio, static fd => fd.Dispose());
        _stdio = stdio;
        _due = null;
        _begun = Environment.TickCount64;
        Watch(loop, Libc.pidfd_open(connection.PeerPid));
    }

    /// <summary>Goodbye: it ends because it was told to.</summary>
    public void Dismiss() => IsWanted = false;

    /// <summary>-1: never, as far as is known now.</summary>
    public int MillisecondsToStart(long now) => _due is { } due ? (int)Math.Max(0, due - now) : -1;

    public void Start(EventLoop loop, long now)
    {
        _due = null;
        _begun = now;
        try
        {
            Libc.chdir(_directory);
            SpawnedProcess daemon = Spawner.Spawn(new SpawnRequest
            {
                ExecutableFd = Libc.AT_FDCWD,
                Path = _program,
                Arguments = _arguments,
                Environment = _environment,
                Fds = [(_stdio[0], 0), (_stdio[1], 1), (_stdio[2], 2)],
            });
            Console.Error.WriteLine($"rtd-supervisor: the daemon had died; it is process {daemon.Pid} now");
            Watch(loop, daemon.Pidfd);
        }
        catch (SyscallException failure)
        {
            Console.Error.WriteLine($"rtd-supervisor: the daemon cannot be started: {failure.Message}");
            Schedule(now);
        }
        finally
        {
            Libc.chdir("/");
        }
    }

    private void Watch(EventLoop loop, SafeFileHandle process)
    {
        Unwatch(loop);
        _process = process;
        loop.Watch(process.Fd(), Libc.EPOLLIN, _ => Ended(loop));
    }

    private void Unwatch(EventLoop loop)
    {
        if (_process is { } old)
        {
            loop.Unwatch(old.Fd());
            Reap(old);
            old.Dispose();
            _process = null;
        }
    }

    private void Ended(EventLoop loop)
    {
        Unwatch(loop);
        if (IsWanted)
        {
            Schedule(Environment.TickCount64);
        }
    }

    private void Schedule(long now)
    {
        _pause = now - _begun >= LongEnough ? 0 : Math.Clamp(_pause * 2, FirstPause, LongestPause);
        _due = now + _pause;
    }

    /// <summary>A daemon that somebody else started is not ours to reap.</summary>
    private static void Reap(SafeFileHandle process)
    {
        try
        {
            Libc.waitid_pidfd(process.Fd(), block: false);
        }
        catch (SyscallException failure) when (failure.Errno == Libc.ECHILD)
        {
            return;
        }
    }
}
