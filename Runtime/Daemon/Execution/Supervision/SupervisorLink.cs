using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Networking;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Supervision;

/// <summary>The daemon's side of the supervisor: starts one where there is none, takes over what it holds, has processes started by it.</summary>
/// <remarks>
/// Should the supervisor die, its children go on (init is their parent then). The daemon starts another one and has it hold everything again; only
/// how those children end is not told by kernels before 6.15, and their exit code is then 255.
/// </remarks>
internal sealed partial class SupervisorLink
{
    /// <summary>Answers take microseconds; only a stopped supervisor takes longer. It is then woken, and waited for as long again.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly Logger s_log = LogManager.GetLogger("supervisor");

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, SupervisedChild> _children = [];
    private readonly Dictionary<ulong, TaskCompletionSource<SupervisedChild>> _asked = [];
    private readonly Dictionary<string, (SafeHandle Fd, IPEndPoint? Target)> _kept = [];
    private readonly Dictionary<string, SafeFileHandle> _left = [];
    private readonly List<HeldProcess> _processes = [];
    private readonly string _path;
    private readonly SafeFileHandle _shim;
    private Socket? _socket;
    private TaskCompletionSource _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _pid;
    private ulong _lastToken;
    private TaskCompletionSource? _emptied;
    private bool _leaving;
    private bool _saidGoodbye;

    private SupervisorLink(string path, SafeFileHandle shim)
    {
        _path = path;
        _shim = shim;
    }

    /// <summary>What the former daemon's containers left running, or ended with nobody to see it.</summary>
    public IReadOnlyList<HeldProcess> Processes => _processes;

    /// <summary>Whether a supervisor may be there: one that was killed leaves its socket, too.</summary>
    public static bool MayBeThere(string execRoot) => File.Exists(PathIn(execRoot));

    /// <summary>Connects to the supervisor and learns what it holds.</summary>
    /// <param name="start">Start one when there is none; else the answer is null then.</param>
    public static async Task<SupervisorLink?> OpenAsync(string execRoot, SafeFileHandle shim, bool start)
    {
        SupervisorLink link = new(PathIn(execRoot), shim);
        if (await link.TryConnectAsync())
        {
            return link;
        }

        if (!start)
        {
            return null;
        }

        await link.StartAsync();
        return link;
    }

    public async Task<ChildProcess> SpawnAsync(SpawnRequest request, SafeFileHandle? pidNamespace)
    {
        TaskCompletionSource<SupervisedChild> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong token;
        lock (_gate)
        {
            token = ++_lastToken;
            _asked[token] = answer;
        }

        WireWriter message = new((byte)SupervisorMessage.Spawn);
        message.ULong(token);
        message.List(request.Arguments, static (writer, argument) => writer.String(argument));
        message.ULong(request.CloneFlags);
        message.ULong(request.SignalMask);
        message.List(request.Fds, static (writer, fd) => writer.Int(fd.To));
        message.Bool(request.Cgroup is not null);
        message.Bool(pidNamespace is not null);
        message.Bool(request.UserNamespace is not null);
        int[] fds =
        [
            request.ExecutableFd,
            .. request.Fds.Select(fd => (int)fd.From.DangerousGetHandle()),
            .. request.Cgroup is { } cgroup ? [(int)cgroup.DangerousGetHandle()] : Array.Empty<int>(),
            .. pidNamespace is { } target ? [target.Fd()] : Array.Empty<int>(),
            .. request.UserNamespace is { } userNamespace ? [(int)userNamespace.DangerousGetHandle()] : Array.Empty<int>(),
        ];
        await Task.Run(() => Send(message, fds));
        SupervisedChild child = await AnswerAsync(token, answer.Task);
        GC.KeepAlive(request);
        GC.KeepAlive(pidNamespace);
        return child;
    }

    public void Hold(SupervisedChild child, Holding holding)
    {
        WireWriter message = new((byte)SupervisorMessage.Hold);
        message.ULong(child.Id);
        Send(Write(message, holding), [.. holding.Fds.Select(fd => fd.Fd.Fd())]);
    }

    public void Release(SupervisedChild child, string name)
    {
        WireWriter message = new((byte)SupervisorMessage.Release);
        message.ULong(child.Id);
        message.String(name);
        Send(message, []);
    }

    public void Forget(SupervisedChild child)
    {
        WireWriter message = new((byte)SupervisorMessage.Forget);
        message.ULong(child.Id);
        lock (_gate)
        {
            _children.Remove(child.Id);
            if (_children.Count == 0)
            {
                _emptied?.TrySetResult();
                _emptied = null;
            }
        }

        Send(message, []);
    }

    /// <summary>Completes when there is no process any more whose end is not written down.</summary>
    public Task EmptiedAsync()
    {
        lock (_gate)
        {
            _emptied ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _children.Count == 0 ? Task.CompletedTask : _emptied.Task;
        }
    }

    /// <summary>As <see cref="IFdKeeper.Keep"/>.</summary>
    public void Keep(string name, SafeHandle fd, IPEndPoint? target = null)
    {
        lock (_gate)
        {
            _kept[name] = (fd, target);
        }

        SendKeep(name, fd, target);
    }

    public void Drop(string name)
    {
        lock (_gate)
        {
            _kept.Remove(name);
        }

        WireWriter message = new((byte)SupervisorMessage.Drop);
        message.String(name);
        Send(message, []);
    }

    /// <summary>Takes an fd that a former daemon had kept; null when there is none of that name.</summary>
    public SafeFileHandle? TakeKept(string name)
    {
        lock (_gate)
        {
            return _left.Remove(name, out SafeFileHandle? fd) ? fd : null;
        }
    }

    /// <summary>After the restoration: fds that nobody has taken are of containers that are gone.</summary>
    public void DropRest()
    {
        KeyValuePair<string, SafeFileHandle>[] rest;
        lock (_gate)
        {
            rest = [.. _left];
            _left.Clear();
        }

        foreach ((string name, SafeFileHandle fd) in rest)
        {
            fd.Dispose();
            Drop(name);
        }
    }

    /// <summary>The daemon ends because it was told to: it is not to be started again, and a supervisor with nothing to hold ends with it.</summary>
    public void SayGoodbye()
    {
        lock (_gate)
        {
            _saidGoodbye = true;
        }

        Send(new WireWriter((byte)SupervisorMessage.Goodbye), []);
    }

    /// <summary>
    /// The daemon ends. The connection ends only with its process: the supervisor takes its end for the daemon's, and with two that read a container's
    /// output it would come to the log in another order.
    /// </summary>
    public void Leave()
    {
        lock (_gate)
        {
            _leaving = true;
            if (_saidGoodbye && _children.Count == 0)
            {
                File.Delete(_path);
            }
        }
    }

    /// <summary>There is nothing to hold any more, and the daemon goes on without a supervisor.</summary>
    public void Part()
    {
        SayGoodbye();
        Leave();
        lock (_gate)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }

    private static string PathIn(string execRoot) => Path.Combine(execRoot, "supervisor.sock");

    private static WireWriter Write(WireWriter message, Holding holding)
    {
        message.String(holding.Key);
        message.String(holding.Notes);
        message.String(holding.Spool);
        message.List(holding.Fds, static (writer, fd) => writer.String(fd.Name));
        return message;
    }

    private async Task<SupervisedChild> AnswerAsync(ulong token, Task<SupervisedChild> answer)
    {
        try
        {
            await answer.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            Wake();
        }

        try
        {
            return await answer.WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                _asked.Remove(token);
            }

            throw new StartException("spawn", Libc.ETIMEDOUT, "failed to create task for container: the supervisor does not answer", 128);
        }
    }

    /// <summary>Someone has stopped it (SIGSTOP): without it nothing can be started, and no end is seen.</summary>
    private void Wake()
    {
        s_log.Warn("the supervisor, process {0}, does not answer; should it be stopped, it is told to go on", _pid);
        if (_pid > 0)
        {
            Libc.try_kill(_pid, Libc.SIGCONT);
        }
    }

    private void SendKeep(string name, SafeHandle fd, IPEndPoint? target)
    {
        WireWriter message = new((byte)SupervisorMessage.Keep);
        message.String(name);
        SocketAddress? address = target?.Serialize();
        message.Bytes(address is null ? [] : address.Buffer.Span[..address.Size]);
        Send(message, [(int)fd.DangerousGetHandle()]);
        GC.KeepAlive(fd);
    }

    /// <summary>Whole messages only, one after the other. A supervisor that is gone is noticed by the reader.</summary>
    private void Send(WireWriter message, ReadOnlySpan<int> fds)
    {
        ReadOnlySpan<byte> rest = message.Finish().Span;
        lock (_gate)
        {
            if (_socket is null)
            {
                return;
            }

            while (rest.Length > 0)
            {
                int sent = Libc.try_sendmsg((int)_socket.Handle, rest, fds);
                if (sent < 0)
                {
                    s_log.Debug("the supervisor's connection: {0}", Libc.strerror(-sent));
                    return;
                }

                rest = rest[sent..];
                fds = [];
            }
        }
    }
}
