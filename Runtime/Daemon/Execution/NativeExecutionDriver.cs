using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Execution.Prepared;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution;

/// <summary>The native exec driver: rtinit by clone3 into the namespaces, set up over the sync socket.</summary>
internal sealed class NativeExecutionDriver : IExecutionDriver
{
    private const int SyncFd = 3;

    /// <summary>A start takes milliseconds. What takes this long waits for a mount that does not answer, or is frozen.</summary>
    private static readonly TimeSpan s_setUpTimeout = TimeSpan.FromSeconds(60);

    /// <summary>While the container is frozen it must not take long; what may hold it up is a file system that one of its own processes serves.</summary>
    private static readonly TimeSpan s_frozenSetUpTimeout = TimeSpan.FromSeconds(10);

    /// <summary>From SIGKILL to the end, unless the kernel cannot end it now: then it is left to the kernel.</summary>
    private static readonly TimeSpan s_killTimeout = TimeSpan.FromSeconds(10);

    private readonly SafeFileHandle _shim;
    private readonly IProcessParent _parent;
    private readonly PreparedShims _prepared;

    /// <param name="shim">The sealed rtinit.</param>
    /// <param name="parent">Whose children the processes are.</param>
    /// <param name="mayPrepare">How many shims of a kind may be cloned ahead.</param>
    public NativeExecutionDriver(SafeFileHandle shim, IProcessParent parent, Func<int> mayPrepare)
    {
        _shim = shim;
        _parent = parent;
        _prepared = new PreparedShims(PrepareAsync, mayPrepare);
    }

    /// <summary>Ends what was cloned ahead.</summary>
    public Task CloseAsync() => _prepared.CloseAsync();

    public async Task<IContainerProcess> RunAsync(ContainerLaunch launch, CancellationToken cancellation)
    {
        (ContainerSpec spec, List<SafeFileHandle> fds, SafeFileHandle? pidNamespace) = TakePidNamespace(launch);
        bool sharesPids = (launch.CloneFlags & Libc.CLONE_NEWPID) == 0;
        Start start = new()
        {
            Role = InitRoles.Container,
            CloneFlags = launch.CloneFlags,
            PidNamespace = pidNamespace,
            Cgroup = launch.Cgroup,
            Remapping = launch.Remapping,
            Process = spec.Process,
            Spec = SpecCodec.Encode(spec with { Process = LimitedInside(spec.Process, launch.Remapping) }),
            SpecFds = [.. fds, .. launch.Trees, .. launch.Rootfs is null ? Array.Empty<SafeFileHandle>() : [launch.Rootfs]],
            Terminal = spec.Process.Terminal,
            OpenStdin = launch.OpenStdin,
            Output = launch.Output,
            Place = launch.ConnectNetwork,
            BeforeExec = launch.BeforeExec,
            Holding = launch.Holding,

            Prepared = MayBePrepared(launch, pidNamespace) ? PreparedShims.KindOf(launch.CloneFlags) : null,

            // The end of a pid namespace takes its processes along; without one the cgroup says which they are.
            OnReaped = sharesPids ? launch.Cgroup.Kill : null,
        };
        try
        {
            IContainerProcess process = await StartAsync(start, cancellation);
            if (start.Prepared is { } kind)
            {
                _prepared.Used(kind);
            }

            return process;
        }
        catch
        {
            launch.Cgroup.Kill();
            await launch.Cgroup.RemoveAsync(CancellationToken.None);
            throw;
        }
    }

    public async Task<IContainerProcess> ExecAsync(ExecLaunch launch, CancellationToken cancellation)
    {
        using SafeFileHandle pidfd = ((ContainerProcess)launch.Container).DuplicatePidfd()
            ?? throw new StartException("join", Libc.ESRCH, "container is not running", 126);
        using Remapping? remapping = RemappingOf(launch.Container.Identity.Pid);
        bool joinsPids = (launch.Namespaces & Libc.CLONE_NEWPID) != 0;
        if (joinsPids && MayBePrepared(launch, remapping))
        {
            PreparedShim? ready = _prepared.Take(PreparedShims.ForExec);
            if (launch.OfClient)
            {
                _prepared.Used(PreparedShims.ForExec);
            }

            if (ready is not null && await new PreparedExec(ready, launch).RunAsync(pidfd, s_setUpTimeout) is { } process)
            {
                return process;
            }
        }

        ExecSpec spec = new((int)(launch.Namespaces & ~Libc.CLONE_NEWPID), LimitedInside(launch.Process, remapping));
        return await StartAsync(
            new Start
            {
                Role = InitRoles.Exec,
                CloneFlags = 0,
                PidNamespace = joinsPids ? pidfd : null,
                Cgroup = launch.Cgroup,
                Remapping = remapping,
                Process = launch.Process,
                Spec = SpecCodec.Encode(spec),
                SpecFds = [pidfd],
                Terminal = launch.Process.Terminal,
                OpenStdin = launch.OpenStdin,
                Output = launch.Output,
                Place = static (_, _) => Task.FromResult(NetworkState.Foreign),
                BeforeExec = static _ => Task.CompletedTask,
                Holding = launch.Holding,
                OnReaped = null,
                Thaw = launch.Thaw,
            },
            cancellation);
    }

    public IContainerProcess TakeOver(HeldProcess process, IOutputSink output, string spool, Action? onReaped)
    {
        using Stdio stdio = Stdio.TakeOver(process);
        IReadOnlyList<(string, SafeFileHandle)> held = stdio.Held((output as ILedgerSink)?.Ledger);
        process.Child.AlreadyHeld(new Holding(process.Key, process.Notes, spool, held));
        SafeFileHandle? terminal = stdio.DuplicateTerminal();
        ProcessIdentity identity = ProcessStat.Identify(process.Child.Pid) ?? new ProcessIdentity(process.Child.Pid, 0);
        return new ContainerProcess(identity, process.Child, stdio, terminal, output, onReaped, recovery: new OutputRecovery(output, spool, terminal is not null));
    }

    private static Remapping? RemappingOf(int pid)
    {
        try
        {
            return Remapping.Of(pid);
        }
        catch (SyscallException gone) when (gone.Errno is Libc.ENOENT or Libc.ESRCH)
        {
            throw new StartException("join", Libc.ESRCH, "container is not running", 126);
        }
    }

    /// <summary>A pid namespace is joined by being born in it (see <see cref="PidNamespaceSpawn"/>), the others by rtinit.</summary>
    private static (ContainerSpec Spec, List<SafeFileHandle> Fds, SafeFileHandle? PidNamespace) TakePidNamespace(ContainerLaunch launch)
    {
        List<int> kinds = [.. launch.Spec.JoinNamespaces];
        List<SafeFileHandle> fds = [.. launch.NamespaceFds];
        int index = kinds.IndexOf((int)Libc.CLONE_NEWPID);
        if (index < 0)
        {
            return (launch.Spec, fds, null);
        }

        SafeFileHandle pidNamespace = fds[index];
        kinds.RemoveAt(index);
        fds.RemoveAt(index);
        return (launch.Spec with { JoinNamespaces = kinds }, fds, pidNamespace);
    }

    private async Task<IContainerProcess> StartAsync(Start start, CancellationToken cancellation)
    {
        using Stdio stdio = Stdio.Open(start.Terminal, start.OpenStdin);
        PreparedShim? ready = start.Prepared is { } kind ? _prepared.Take(kind) : null;
        bool isPlaced = ready is null && start.Cgroup.ClonesInto && start.Thaw is null;
        (SyncChannel sync, ChildProcess child) = ready is null ? await SpawnAsync(start, stdio) : await AdoptAsync(ready, start.CloneFlags & ~ready.Kind, stdio);
        using (sync)
        {
            stdio.CloseChildEnds();
            TimeSpan timeout = start.Thaw is null ? s_setUpTimeout : s_frozenSetUpTimeout;
            try
            {
                using CancellationTokenRegistration registration = cancellation.Register(() => Libc.try_pidfd_send_signal(child.Pidfd.Handle.Fd(), Libc.SIGKILL));
                return await SetUpAsync(start, stdio, sync, child, isPlaced, cancellation).WaitAsync(timeout, CancellationToken.None);
            }
            catch (TimeoutException)
            {
                await AbortAsync(child);
                throw TimedOut(timeout);
            }
            catch
            {
                await AbortAsync(child);
                throw;
            }
        }
    }

    internal static StartException TimedOut(TimeSpan timeout) => new(
        "set up", Libc.ETIMEDOUT, $"failed to create task for container: it was not set up within {timeout.TotalSeconds} s: is one of its mounts stuck, or its cgroup frozen?", 128);

    /// <summary>What takes capabilities over the host (less than inherited for the OOM score, more for rlimits) is not set inside a user namespace, but from here.</summary>
    private static ProcessSpec LimitedInside(ProcessSpec process, Remapping? remapping) =>
        remapping is null ? process : process with { OomScoreAdjust = null, Rlimits = [] };

    private static bool MayBePrepared(ExecLaunch launch, Remapping? remapping) =>
        remapping is null && launch.Thaw is null && launch.FilterAllowsFork;

    private static bool MayBePrepared(ContainerLaunch launch, SafeFileHandle? pidNamespace) => launch.Remapping is null && pidNamespace is null;

    private async Task<PreparedShim> PrepareAsync(ulong kind)
    {
        using SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
        (SyncChannel sync, ChildProcess child) = await SpawnAsync(
            new SpawnRequest
            {
                ExecutableFd = _shim.Fd(),
                Arguments = ["rtinit", kind == PreparedShims.ForExec ? InitRoles.PreparedExec : InitRoles.Prepared],
                Fds = [(nothing, 0), (nothing, 1), (nothing, 2)],
                CloneFlags = kind,
                SignalMask = SpawnRequest.AllButRuntimesSignals,
            },
            null);
        return new PreparedShim(child, sync, kind, Environment.TickCount64);
    }

    private static async Task<(SyncChannel Sync, ChildProcess Child)> AdoptAsync(PreparedShim shim, ulong namespaces, Stdio stdio)
    {
        try
        {
            await shim.Sync.SendAsync(SpecCodec.EncodeAdopt(namespaces), stdio.Child);
            return (shim.Sync, shim.Child);
        }
        catch
        {
            await shim.DiscardAsync();
            throw;
        }
    }

    private async Task<(SyncChannel Sync, ChildProcess Child)> SpawnAsync(Start start, Stdio stdio)
    {
        using SafeFileHandle? cgroup = start.Thaw is null ? start.Cgroup.OpenForClone() : null;
        if (start.Remapping is { } remapping)
        {
            stdio.GiveTo(remapping.Maps);
        }

        SpawnRequest request = new()
        {
            ExecutableFd = _shim.Fd(),
            Arguments = ["rtinit", start.Role],
            Fds = [(stdio.Child[0], 0), (stdio.Child[1], 1), (stdio.Child[2], 2)],
            CloneFlags = start.CloneFlags,
            SignalMask = SpawnRequest.AllButRuntimesSignals,
            Cgroup = cgroup,
            UserNamespace = start.Remapping?.Namespace,
        };
        return await SpawnAsync(request, start.PidNamespace);
    }

    /// <summary>With a sync socket.</summary>
    private async Task<(SyncChannel Sync, ChildProcess Child)> SpawnAsync(SpawnRequest request, SafeFileHandle? pidNamespace)
    {
        (SyncChannel sync, SafeFileHandle theirs) = SyncChannel.Create();
        using (theirs)
        {
            try
            {
                return (sync, await _parent.SpawnAsync(request with { Fds = [.. request.Fds, (theirs, SyncFd)] }, pidNamespace));
            }
            catch
            {
                sync.Dispose();
                throw;
            }
        }
    }

    private static async Task<IContainerProcess> SetUpAsync(
        Start start, Stdio stdio, SyncChannel sync, ChildProcess child, bool isPlaced, CancellationToken cancellation)
    {
        int pid = child.Pid;
        ProcessIdentity identity = ProcessStat.Identify(pid) ?? throw new StartException("spawn", Libc.ESRCH, "rtinit ended at once", 128);
        if (start.Remapping is { } remapping)
        {
            CheckNamespace(pid, remapping);
            if (start.Process.OomScoreAdjust is { } score)
            {
                WriteOomScore(pid, score);
            }
        }

        await sync.SendAsync(start.Spec, start.SpecFds);

        // While rtinit mounts: the first write to a v1 cgroup.procs waits for an RCU grace period, so it gets a thread of its own.
        Task place = isPlaced || start.Thaw is not null ? Task.CompletedTask : Task.Run(() => start.Cgroup.Add(pid), cancellation);
        NetworkState network;
        try
        {
            network = await start.Place(pid, cancellation).AlsoAwait(place);
        }
        catch
        {
            await ThrowRtinitsErrorAsync(sync, child);
            throw;
        }

        await sync.SendAsync(SpecCodec.Encode(network), []);

        await ExpectReadyAsync(sync, child);
        SafeFileHandle? terminal = null;
        if (start.Terminal)
        {
            SafeFileHandle master = sync.TakeFd();
            terminal = Libc.Own(Libc.fcntl(master.Fd(), Libc.F_DUPFD_CLOEXEC));
            stdio.UseTerminal(master);
        }

        try
        {
            if (start.Remapping is not null)
            {
                foreach (RlimitSpec limit in start.Process.Rlimits)
                {
                    Libc.prlimit(pid, limit.Resource, limit.Soft, limit.Hard);
                }
            }

            await start.BeforeExec(identity);
            if (start.Holding is { } holding)
            {
                OutputLedger? ledger = (start.Output as ILedgerSink)?.Ledger;
                child.Hold(holding with { Fds = stdio.Held(ledger) });
            }

            await GoAsync(start, sync, pid);
            return new ContainerProcess(identity, child, stdio, terminal, start.Output, start.OnReaped);
        }
        catch
        {
            terminal?.Dispose();
            throw;
        }
    }

    /// <summary>A supervisor that is older than user namespaces would have started it as the host's root.</summary>
    private static void CheckNamespace(int pid, Remapping remapping)
    {
        if (!ProcessNamespace.Contains(remapping.Namespace, pid))
        {
            throw new StartException(
                "spawn", Libc.EPERM, "failed to create task for container: the supervisor of live restore cannot make user namespaces: stop the daemon with all containers once", 128);
        }
    }

    private static void WriteOomScore(int pid, int score)
    {
        using SafeFileHandle file = Libc.open($"/proc/{pid}/oom_score_adj", Libc.O_WRONLY);
        Libc.write_all(file.Fd(), Encoding.ASCII.GetBytes(score.ToString(CultureInfo.InvariantCulture)), $"oom_score_adj {score}");
    }

    /// <summary>The last step of rtinit: execve.</summary>
    private static async Task GoAsync(Start start, SyncChannel sync, int pid)
    {
        using ExecTrap? trap = start.Thaw is null ? null : await ExecTrap.SetAsync(pid);
        await sync.SendAsync(SpecCodec.Encode(SyncMessage.Go), []);
        await ExpectExecAsync(sync);
        if (trap is not null)
        {
            // It is the user's command now, with no right that the container lacks, and has not run yet: it must not run outside of the limits.
            await trap.Caught;
            await start.Thaw!();
            await Task.Run(() => start.Cgroup.Add(pid));
            trap.Release();
        }
    }

    /// <summary>A process that has failed and gone cannot be placed (ESRCH): then its own error is the one to tell.</summary>
    private static async Task ThrowRtinitsErrorAsync(SyncChannel sync, ChildProcess child)
    {
        Libc.try_pidfd_send_signal(child.Pidfd.Handle.Fd(), Libc.SIGKILL);
        if (await sync.ReceiveAsync() is { Kind: SyncMessage.Error } message)
        {
            throw InitFailure.ToException(SpecCodec.DecodeError(message.Body));
        }
    }

    private static async Task ExpectReadyAsync(SyncChannel sync, ChildProcess child)
    {
        switch (await sync.ReceiveAsync())
        {
            case { Kind: SyncMessage.Ready }:
                return;
            case { Kind: SyncMessage.Error } message:
                throw InitFailure.ToException(SpecCodec.DecodeError(message.Body));
            case null:
                throw new StartException("set up", 0, $"rtinit died with status {(await child.WaitAsync()).Code} while setting up the container", 128);
            case { } other:
                throw new InvalidDataException($"rtinit sent {other.Kind} instead of Ready");
        }
    }

    private static async Task ExpectExecAsync(SyncChannel sync)
    {
        if (await sync.ReceiveAsync() is { } message)
        {
            throw message.Kind == SyncMessage.Error
                ? InitFailure.ToException(SpecCodec.DecodeError(message.Body))
                : new InvalidDataException($"rtinit sent {message.Kind} instead of executing the command");
        }
    }

    /// <summary>Kills and reaps what was not to be.</summary>
    internal static async Task AbortAsync(ChildProcess child)
    {
        Libc.try_pidfd_send_signal(child.Pidfd.Handle.Fd(), Libc.SIGKILL);
        Task ended = BuryAsync(child);
        await Task.WhenAny(ended, Task.Delay(s_killTimeout));
    }

    internal static async Task BuryAsync(ChildProcess child)
    {
        using (child)
        {
            await child.WaitAsync();
            child.Forget();
        }
    }

    /// <summary>What run and exec have in common.</summary>
    private sealed record Start
    {
        public required string Role { get; init; }

        public required ulong CloneFlags { get; init; }

        public required SafeFileHandle? PidNamespace { get; init; }

        public required ICgroup Cgroup { get; init; }

        public required Remapping? Remapping { get; init; }

        public required ProcessSpec Process { get; init; }

        public required ReadOnlyMemory<byte> Spec { get; init; }

        public required IReadOnlyList<SafeFileHandle> SpecFds { get; init; }

        public required bool Terminal { get; init; }

        public required bool OpenStdin { get; init; }

        public required IOutputSink Output { get; init; }

        public required Func<int, CancellationToken, Task<NetworkState>> Place { get; init; }

        public required Func<ProcessIdentity, Task> BeforeExec { get; init; }

        public required Action? OnReaped { get; init; }

        /// <summary>Which of the prepared shims may be used; null for none.</summary>
        public ulong? Prepared { get; init; }

        public Holding? Holding { get; init; }

        /// <summary>As in <see cref="ExecLaunch"/>.</summary>
        public Func<Task>? Thaw { get; init; }
    }
}
