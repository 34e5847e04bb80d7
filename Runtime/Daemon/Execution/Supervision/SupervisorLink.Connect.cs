using System.Collections;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Errors;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Supervision;

internal sealed partial class SupervisorLink
{
    /// <summary>The listening socket's number in the supervisor.</summary>
    private const int ListenerFd = 3;

    private const int Backlog = 4;

    /// <summary>All signals blocked, but for those of the C library and the runtime: what ends the daemon is not to end it.</summary>
    private const ulong SignalMask = SpawnRequest.AllButRuntimesSignals;

    /// <summary>Starts a supervisor: a process in a session of its own, from the sealed shim.</summary>
    private async Task StartAsync()
    {
        File.Delete(_path);

        // Not a Socket of the framework's: it would shut the supervisor's listener down with its own copy. Only root may write to it from the beginning: the umask takes the right from others.
        using SafeFileHandle listener = Libc.listen_unix(_path, Backlog);
        File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
        using SafeFileHandle messages = Libc.Own(Libc.fcntl(2, Libc.F_DUPFD_CLOEXEC));
        SpawnedProcess supervisor = Spawner.Spawn(new SpawnRequest
        {
            ExecutableFd = _shim.Fd(),
            Arguments = ["rtd-supervisor", InitRoles.Supervisor],
            Fds = [(nothing, 0), (messages, 1), (messages, 2), (listener, ListenerFd)],
            SignalMask = SignalMask,
        });
        _pid = supervisor.Pid;
        _ = ReapAsync(new OwnChild(supervisor.Pid, supervisor.Pidfd));
        s_log.Debug("the supervisor is process {0}", supervisor.Pid);
        if (!await TryConnectAsync())
        {
            throw EngineException.System("the supervisor ended as soon as it was started");
        }
    }

    private static async Task ReapAsync(OwnChild supervisor)
    {
        using (supervisor)
        {
            await supervisor.WaitAsync();
        }
    }

    /// <summary>False when there is none.</summary>
    private async Task<bool> TryConnectAsync()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(_path));
        }
        catch (SocketException none) when (none.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable)
        {
            socket.Dispose();
            return false;
        }

        Task told;
        lock (_gate)
        {
            _told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            told = _told.Task;
            _socket = socket;
            _pid = _pid != 0 ? _pid : Libc.peer_pid((int)socket.Handle);
        }

        SendHello();
        _ = ReceiveAsync(socket);
        try
        {
            await told.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            Wake();
        }

        try
        {
            await told.WaitAsync(s_patience);
            return true;
        }
        catch (TimeoutException)
        {
            throw EngineException.System($"the supervisor, process {_pid}, does not answer on {_path}");
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>How this daemon is started again, should it die. A service manager does that itself: with two who do, both would be in each other's way.</summary>
    private void SendHello()
    {
        string program = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: false)?.FullName ?? "";
        const string Deleted = " (deleted)";
        WireWriter message = new((byte)SupervisorMessage.Hello);
        message.String(program.EndsWith(Deleted, StringComparison.Ordinal) ? program[..^Deleted.Length] : program);
        message.List(File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0'), static (writer, argument) => writer.String(argument));
        List<string> environment = [];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment.Add($"{variable.Key}={variable.Value}");
        }

        message.List(environment, static (writer, variable) => writer.String(variable));
        message.String(Environment.CurrentDirectory);
        message.Bool(Environment.GetEnvironmentVariable("INVOCATION_ID") is null);
        Send(message, [0, 1, 2]);
    }

    /// <summary>Nobody awaits this, so it must not throw.</summary>
    private async Task ReceiveAsync(Socket socket)
    {
        FrameReader frames = new();
        using (IoSource source = IoLoop.Shared.Register(new SafeFileHandle(socket.Handle, ownsHandle: false)))
        {
            try
            {
                int count;
                while ((count = frames.Fill((int)socket.Handle)) is > 0 or -Libc.EAGAIN)
                {
                    while (frames.TryTake(out SupervisorMessage kind, out WireReader body))
                    {
                        Handle(frames, kind, body);
                    }

                    if (count == -Libc.EAGAIN)
                    {
                        await source.ReadableAsync();
                    }
                }
            }
            catch (Exception failure) when (failure is InvalidDataException or SyscallException or ObjectDisposedException)
            {
                s_log.Warn(failure, "the supervisor's connection");
            }
        }

        frames.Clear();
        await LostAsync(socket);
    }

    private void Handle(FrameReader frames, SupervisorMessage kind, WireReader body)
    {
        switch (kind)
        {
            case SupervisorMessage.Child:
                TakeOver(frames, body);
                break;
            case SupervisorMessage.Kept:
                string name = body.String();
                lock (_gate)
                {
                    _left[name] = frames.TakeFd();
                }

                break;
            case SupervisorMessage.Told:
                _told.TrySetResult();
                break;
            case SupervisorMessage.Spawned:
                Spawned(frames, body);
                break;
            case SupervisorMessage.Exited:
                ulong ended = body.ULong();
                int code = body.Int();
                DateTimeOffset at = new((long)body.ULong(), TimeSpan.Zero);
                SupervisedChild? child;
                lock (_gate)
                {
                    child = _children.GetValueOrDefault(ended);
                }

                child?.SetExited(new ExitStatus(code, at));
                break;
        }
    }

    private void TakeOver(FrameReader frames, WireReader body)
    {
        ulong id = body.ULong();
        int pid = body.Int();
        string key = body.String();
        string notes = body.String();
        bool exited = body.Bool();
        int code = body.Int();
        long ticks = (long)body.ULong();
        List<string> names = body.List(static reader => reader.String());
        SupervisedChild child = new(this, id, pid, frames.TakeFd());
        Dictionary<string, SafeFileHandle> fds = names.ToDictionary(name => name, _ => frames.TakeFd());
        if (exited)
        {
            child.SetExited(new ExitStatus(code, new DateTimeOffset(ticks, TimeSpan.Zero)));
        }

        lock (_gate)
        {
            _children[id] = child;
            _processes.Add(new HeldProcess(child, key, notes, fds));
        }
    }

    private void Spawned(FrameReader frames, WireReader body)
    {
        ulong token = body.ULong();
        ulong id = body.ULong();
        int pid = body.Int();
        int errno = body.Int();
        string call = body.String();
        string subject = body.String();
        TaskCompletionSource<SupervisedChild>? asked;
        SupervisedChild? child = errno == 0 ? new SupervisedChild(this, id, pid, frames.TakeFd()) : null;
        lock (_gate)
        {
            _asked.Remove(token, out asked);
            if (child is not null)
            {
                _children[id] = child;
            }
        }

        if (child is null)
        {
            asked?.TrySetException(new SyscallException(call, errno, subject));
        }
        else if (asked is null || !asked.TrySetResult(child))
        {
            // Too late: whoever asked has given up. It waits for its spec and cannot get it.
            Libc.try_pidfd_send_signal(child.Pidfd.Handle.Fd(), Libc.SIGKILL);
            _ = child.WaitAsync().ContinueWith(_ => Discard(child), TaskScheduler.Default);
        }
    }

    private static void Discard(SupervisedChild child)
    {
        child.Forget();
        child.Dispose();
    }

    /// <summary>The connection has ended. When it was not us who ended it, the supervisor has died: another one takes over what this daemon has.</summary>
    private async Task LostAsync(Socket socket)
    {
        SupervisedChild[] orphans;
        TaskCompletionSource<SupervisedChild>[] asked;
        KeyValuePair<string, (SafeHandle Fd, IPEndPoint? Target)>[] kept;
        lock (_gate)
        {
            bool wasTold = _told.Task.IsCompletedSuccessfully;
            _told.TrySetCanceled();
            if (_leaving || !wasTold)
            {
                return;
            }

            _socket = null;
            _pid = 0;
            orphans = [.. _children.Values];
            asked = [.. _asked.Values];
            kept = [.. _kept];
            _children.Clear();
            _asked.Clear();
        }

        socket.Dispose();
        s_log.Error("the supervisor has died; another one takes over {0} processes", orphans.Length);
        Array.ForEach(asked, waiter => waiter.TrySetException(new StartException("spawn", Libc.ECONNRESET, "failed to create task for container: the supervisor has died", 128)));
        try
        {
            await StartAsync();
            foreach ((string name, (SafeHandle fd, IPEndPoint? target)) in kept.Where(entry => !entry.Value.Fd.IsClosed))
            {
                SendKeep(name, fd, target);
            }

            await Task.WhenAll(orphans.Where(orphan => !orphan.HasExited).Select(AdoptAsync));
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "no supervisor: the containers that run are not seen to end, and do not outlive the daemon");
        }
    }

    /// <summary>Has the present supervisor hold a process that a former one started.</summary>
    private async Task AdoptAsync(SupervisedChild orphan)
    {
        TaskCompletionSource<SupervisedChild> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Holding holding = orphan.Held ?? new Holding("", "", "", []);
        holding = holding with { Fds = [.. holding.Fds.Where(fd => !fd.Fd.IsClosed)] };
        WireWriter message = new((byte)SupervisorMessage.Adopt);
        ulong token;
        lock (_gate)
        {
            token = ++_lastToken;
            _asked[token] = answer;
        }

        message.ULong(token);
        message.Int(orphan.Pid);
        Send(Write(message, holding), [orphan.Pidfd.Handle.Fd(), .. holding.Fds.Select(fd => fd.Fd.Fd())]);
        SupervisedChild adopted = await answer.Task.WaitAsync(s_patience);
        lock (_gate)
        {
            orphan.Id = adopted.Id;
            _children[adopted.Id] = orphan;
        }

        if (adopted.HasExited)
        {
            orphan.SetExited(await adopted.WaitAsync());
        }

        adopted.Dispose();
    }
}
