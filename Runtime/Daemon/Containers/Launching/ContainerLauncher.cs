using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.Archives;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Containers.Text;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.AppArmor;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Supervision;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>Brings one container up, all of it or nothing: cgroup, network, log, files, then the process.</summary>
internal sealed class ContainerLauncher(ContainerDependencies parts, ContainerDefaults defaults, ContainerFiles files, ContainerStore store)
{
    /// <summary>A look at a directory takes microseconds, on a network some milliseconds; a plugin may take some seconds to mount.</summary>
    private static readonly TimeSpan s_sourcesTimeout = TimeSpan.FromSeconds(60);

    private static readonly Logger s_log = LogManager.GetLogger("containers");

    private volatile IReadOnlyDictionary<string, OciRuntime> _runtimes = defaults.Runtimes;

    /// <summary>Other runtimes for what is started from now on.</summary>
    public void Reload(ContainerDefaults changed) => _runtimes = changed.Runtimes;

    public string CgroupPath(ContainerRecord record) => CgroupPath(record.Id, record.HostConfig.CgroupParent);

    /// <param name="parent">Empty for the default.</param>
    public string CgroupPath(string id, string parent) => $"{(parent.Length > 0 ? parent : defaults.CgroupParent).TrimEnd('/')}/{id}";

    /// <summary>
    /// The filter of a container, for its first process and for its execs; empty is unconfined. A privileged one has a filter only when it asks for it.
    /// </summary>
    public byte[] SeccompFilter(ContainerRecord record)
    {
        HostConfig host = record.HostConfig;
        string asked = AskedSeccomp(host);
        if (asked == SecurityOptions.Unconfined)
        {
            return [];
        }

        if (asked != SecurityOptions.Builtin)
        {
            return parts.Seccomp.Available
                ? parts.Seccomp.Compile(asked, CapabilitiesOf(host), IsHeldToSize(record))
                : throw EngineException.InvalidParameter($"cannot run a custom seccomp profile: {parts.Seccomp.Unavailable}");
        }

        if (!parts.Seccomp.Available)
        {
            s_log.Warn("a container starts without a system call filter: {0}", parts.Seccomp.Unavailable);
            return [];
        }

        return parts.Seccomp.CompileDefault(CapabilitiesOf(host), IsHeldToSize(record));
    }

    /// <summary>Whether there is a limit on what the container may put into its root, or into one of its volumes.</summary>
    private bool IsHeldToSize(ContainerRecord record) =>
        parts.Layers.IsLimited(record.Id) || record.Mounts.Any(mount => mount.Type == MountPoint.Volume && parts.Volumes.IsLimited(mount.Name));

    /// <summary>The filter comes from a profile that is not ours.</summary>
    public bool HasForeignSeccomp(HostConfig host) => AskedSeccomp(host) is not (SecurityOptions.Unconfined or SecurityOptions.Builtin);

    /// <summary>What a container's own runtime needs; null for ours.</summary>
    private OciLaunch? OciOf(HostConfig host)
    {
        if (!_runtimes.TryGetValue(host.Runtime, out OciRuntime? runtime))
        {
            return OciRuntime.IsNative(host.Runtime) ? null : throw EngineException.InvalidParameter($"unknown or invalid runtime name: {host.Runtime}");
        }

        string asked = AskedSeccomp(host);
        return new OciLaunch
        {
            Runtime = runtime,
            Seccomp = asked == SecurityOptions.Unconfined ? null
                : asked == SecurityOptions.Builtin ? DefaultProfile.For(CapabilitiesOf(host))
                : ProfileReader.Read(asked, CapabilitiesOf(host)),
            DeviceRules = ResourceBuilder.Build(host).DeviceRules,
            Annotations = host.Annotations ?? [],
        };
    }

    /// <summary>The AppArmor profile of a container and of its execs; empty is unconfined.</summary>
    public string AppArmorProfile(HostConfig host)
    {
        string? asked = SecurityOptions.Parse(host.SecurityOpt, defaults.NoNewPrivileges).AppArmor;
        return !defaults.AppArmor || asked == SecurityOptions.Unconfined ? ""
            : asked is "docker-default" ? ContainerProfile.Name // what compose files and manifests of others call the default
            : asked ?? (host.Privileged ? "" : ContainerProfile.Name);
    }

    private string AskedSeccomp(HostConfig host) =>
        SecurityOptions.Parse(host.SecurityOpt, defaults.NoNewPrivileges).Seccomp ?? (host.Privileged ? SecurityOptions.Unconfined : defaults.SeccompProfile);

    public static ulong CapabilitiesOf(HostConfig host) => Capabilities.Parse(host.CapAdd ?? [], host.CapDrop ?? [], host.Privileged);

    /// <param name="record">What is written down as starting, while the rest is prepared.</param>
    /// <param name="streams">Where the process's output goes.</param>
    public async Task<ContainerRun> LaunchAsync(ContainerRecord record, ProcessStreams streams)
    {
        UserNamespaceRules.Check(record.HostConfig, defaults);
        using JoinedNamespaces joined = OpenJoined(record);
        using Remapping? made = joined.Remapping is null && defaults.RemapOf(record.HostConfig) is { } maps ? Remapping.Make(maps) : null;
        Remapping? remapping = joined.Remapping ?? made;
        IReadOnlyList<LinkedContainer> links = ContainerLinks.Running(record, store);
        using MountSources sources = await OpenSourcesAsync(record, remapping);

        // The first write to a v1 cgroup waits for the kernel for milliseconds, and so do the disk and the address pool: side by side.
        Task<ICgroup> cgroup = Task.Run(() => parts.Cgroups.Create(CgroupPath(record), ResourceBuilder.Build(record.HostConfig)));
        Task<ISandbox?> network = AllocateAsync(record, links);
        Task saved = Task.Run(() => files.Save(record));
        ILogDriver? log = null;
        try
        {
            await Task.WhenAll(cgroup, network);
            log = OpenLog(record);
            await log.ConnectAsync();
            streams.SetLog(log, OpenLedger(record.Id, log));
            IContainerProcess process = await RunAsync(record, streams, log, cgroup.Result, network.Result, joined, remapping, sources, links, saved);
            Relink(record, network.Result);
            return new ContainerRun
            {
                Process = process,
                Cgroup = cgroup.Result,
                Log = log,
                Network = network.Result,
                Namespaces = SpecBuilder.ExecNamespaces(record.HostConfig),
                StartedAt = record.State.StartedAt ?? DateTimeOffset.UtcNow,
            };
        }
        catch
        {
            await UndoAsync(record, cgroup, network, saved, log);
            throw;
        }
    }

    /// <summary>Opens the log of a container that is not running, for readers.</summary>
    public ILogDriver OpenLog(ContainerRecord record) =>
        LogDrivers.Create(record.HostConfig.LogConfig.Type, record.HostConfig.LogConfig.Config ?? [], files.LogPath(record.Id), ContextOf(record));

    /// <summary>What the options of a log may name of a container.</summary>
    public static LogContext ContextOf(ContainerRecord record) => new()
    {
        ContainerId = record.Id,
        ContainerName = record.Name,
        ImageId = record.ImageId,
        ImageName = record.Config.Image,
        Command = string.Join(' ', record.Command),
        Created = record.Created,
        Labels = record.Config.Labels ?? [],
        Environment = record.Config.Env ?? [],
    };

    /// <summary>Where a daemon to come sees how far the output is logged; null when there is none to come, or the log cannot be cut back.</summary>
    private OutputLedger? OpenLedger(string id, ILogDriver log)
    {
        if (!parts.Outlive || log is not IRewindableLog rewindable)
        {
            return null;
        }

        foreach (string left in Directory.GetFiles(files.DirectoryOf(id), HeldFds.SpoolName("*")))
        {
            File.Delete(left);
        }

        return OutputLedger.Create(rewindable.Position);
    }

    /// <summary>The directory that a container's output is drained to while there is no daemon; empty when nobody wants it.</summary>
    public string SpoolOf(ContainerRecord record, ILogDriver log) => log is NoneLog ? "" : files.DirectoryOf(record.Id);

    private async Task<IContainerProcess> RunAsync(
        ContainerRecord record,
        ProcessStreams streams,
        ILogDriver log,
        ICgroup cgroup,
        ISandbox? network,
        JoinedNamespaces joined,
        Remapping? remapping,
        MountSources sources,
        IReadOnlyList<LinkedContainer> links,
        Task saved)
    {
        if (joined.NetworkOwner is null)
        {
            new NetworkFiles(files, defaults).Write(record, network, links);
        }

        using IDisposable? room = parts.Layers.LoosenLimit(record.Id);
        using SafeFileHandle? rootfs = remapping is null
            ? await parts.Layers.OpenRootfsAsync(record.Id)
            : await Task.Run(() => parts.Layers.OpenMappedRootfs(record.Id, remapping));
        SpecInputs inputs = Inputs(record, joined, remapping, sources, links);
        ContainerSpec spec = new SpecBuilder(inputs, defaults).Build();
        using SpecTrees trees = SpecTrees.Open(spec, inputs, joined, remapping);
        ContainerLaunch launch = new()
        {
            Spec = spec,
            CloneFlags = SpecBuilder.CloneFlags(record.HostConfig),
            NamespaceFds = joined.Fds,
            Oci = OciOf(record.HostConfig),
            Trees = trees.Fds,
            Rootfs = rootfs,
            Remapping = remapping,
            Cgroup = cgroup,
            ConnectNetwork = (pid, cancellation) => ConnectAsync(record.HostConfig, network, pid, cancellation),
            BeforeExec = process =>
            {
                room?.Dispose(); // the command must not find it
                return NoteAsync(record.Id, process, network, saved);
            },
            Holding = parts.Outlive ? new Holding(HoldingKeys.Container(record.Id), "", SpoolOf(record, log), []) : null,
            OpenStdin = record.Config.OpenStdin,
            Output = streams,
        };
        await using TracerFreeze? tracers = CreateRules.PidContainer(record.HostConfig) is { } shared
            ? await TracerFreeze.BeginAsync(store.All, store.Get(shared))
            : null;
        IContainerProcess process = await parts.Execution.RunAsync(launch, CancellationToken.None);
        network?.Announce();
        return process;
    }

    /// <summary>What a daemon that has ended left of a run, put together again.</summary>
    /// <param name="known">The run's file; null when it is lost, and with it the network.</param>
    public async Task<ContainerRun> ResumeAsync(ContainerRecord record, ProcessStreams streams, HeldProcess held, RunRecord? known)
    {
        ILogDriver log = OpenLog(record);
        SafeFileHandle? ledgerFile = held.Take(HeldFds.Ledger);
        OutputLedger? ledger = ledgerFile is null ? null : OutputLedger.Open(ledgerFile);
        if (ledger is not null && log is IRewindableLog rewindable)
        {
            rewindable.Rewind(ledger.Log);
        }

        await TryAsync(record.Id, log.ConnectAsync);
        streams.SetLog(log, ledger);
        ISandbox? network = held.Child.HasExited || known?.Network is not { } state ? null : await ResumeNetworkAsync(record, state, held.Child.Pid);
        ICgroup cgroup = parts.Cgroups.Open(CgroupPath(record));
        bool sharesPids = record.HostConfig.PidMode.Length > 0;
        return new ContainerRun
        {
            Process = parts.Execution.TakeOver(held, streams, SpoolOf(record, log), sharesPids ? cgroup.Kill : null),
            Cgroup = cgroup,
            Log = log,
            Network = network,
            Namespaces = SpecBuilder.ExecNamespaces(record.HostConfig),
            StartedAt = record.State.StartedAt ?? DateTimeOffset.UtcNow,
        };
    }

    /// <summary>Null when the container has ended meanwhile, which its parent is about to tell: one that ends has no namespaces any more.</summary>
    private async Task<ISandbox?> ResumeNetworkAsync(ContainerRecord record, SandboxState state, int pid)
    {
        try
        {
            NetworkFiles networkFiles = new(files, defaults);
            return await parts.Networks.RestoreAsync(networkFiles.Request(record, ContainerLinks.RunningOnly(record, store)), state, pid);
        }
        catch (SyscallException ended) when (ended.Errno is Libc.ENOENT or Libc.ESRCH)
        {
            return null;
        }
    }

    private SpecInputs Inputs(ContainerRecord record, JoinedNamespaces joined, Remapping? remapping, MountSources sources, IReadOnlyList<LinkedContainer> links)
    {
        string networkOwner = joined.NetworkOwner ?? record.Id;
        bool writableCgroups = record.HostConfig.Privileged || SecurityOptions.Parse(record.HostConfig.SecurityOpt, false).WritableCgroups;
        return new SpecInputs
        {
            Record = record,
            Rootfs = remapping is null ? parts.Layers.Rootfs(record.Id) : new RootfsSpec(RootfsKind.Mapped, "/", ""),
            Remap = remapping?.Maps,
            HostsPath = files.HostsPath(networkOwner),
            HostnamePath = files.HostnamePath(networkOwner),
            ResolvConfPath = files.ResolvConfPath(networkOwner),
            LinkEnvironment = [.. links.SelectMany(link => LinkEnvironment.Of(record.Name, link))],
            CgroupMounts = parts.Cgroups.ContainerMounts(writableCgroups),
            JoinNamespaces = joined.Kinds,
            SharesMemory = joined.SharedMemory is not null,
            Sources = sources,
            SeccompFilter = SeccompFilter(record),
            AppArmorProfile = AppArmorProfile(record.HostConfig),
            Capabilities = CapabilitiesOf(record.HostConfig),
        };
    }

    /// <summary>The process is on disk before it runs anything: after a crash nothing of ours runs unknown.</summary>
    private async Task NoteAsync(string id, ProcessIdentity process, ISandbox? network, Task saved)
    {
        files.SaveRun(id, process, network?.State);
        await saved;
    }

    private static Task<NetworkState> ConnectAsync(HostConfig host, ISandbox? network, int pid, CancellationToken cancellation)
    {
        if (network is not null)
        {
            return network.ConnectAsync(pid, cancellation);
        }

        return Task.FromResult(NetworkMode.Parse(host.NetworkMode).OwnNamespace ? NetworkState.LoopbackOnly : NetworkState.Foreign);
    }

    private async Task<ISandbox?> AllocateAsync(ContainerRecord record, IReadOnlyList<LinkedContainer> links)
    {
        if (NetworkMode.Parse(record.HostConfig.NetworkMode).Kind != NetworkModeKind.Network)
        {
            return null;
        }

        return await parts.Networks.AllocateAsync(new NetworkFiles(files, defaults).Request(record, links), CancellationToken.None);
    }

    /// <summary>Tells running containers that are linked to this one its address.</summary>
    private void Relink(ContainerRecord record, ISandbox? network)
    {
        if (network?.Endpoints.FirstOrDefault(endpoint => endpoint.NetworkName == NetworkMode.Bridge) is not { } place)
        {
            return;
        }

        foreach (Container parent in store.All.Where(container => container.Record.Links.Count > 0 && container.Run is not null))
        {
            foreach (ContainerLink link in parent.Record.Links.Where(link => link.TargetId == record.Id))
            {
                new NetworkFiles(files, defaults).Relink(parent.Record, new LinkedContainer(link.Alias, record, place));
            }
        }
    }

    /// <summary>Namespaces of other containers that this one shares (<c>--network container:ID</c>, <c>--pid container:ID</c>).</summary>
    private JoinedNamespaces OpenJoined(ContainerRecord record)
    {
        JoinedNamespaces joined = new();
        try
        {
            NetworkMode mode = NetworkMode.Parse(record.HostConfig.NetworkMode);
            if (mode.Kind == NetworkModeKind.Container)
            {
                Container target = store.Get(mode.Name);
                joined.Add(Libc.CLONE_NEWNET, OpenNamespace(target, "net", "network"));
                ShareUserNamespace(joined, record, target, "network");
                NetworkMode targets = NetworkMode.Parse(target.Record.HostConfig.NetworkMode);
                joined.NetworkOwner = targets.Kind == NetworkModeKind.Container ? store.Find(targets.Name)?.Id ?? target.Id : target.Id;
            }

            if (CreateRules.PidContainer(record.HostConfig) is { } pidTarget)
            {
                joined.Add(Libc.CLONE_NEWPID, OpenNamespace(store.Get(pidTarget), "pid", "PID namespace"));
                ShareUserNamespace(joined, record, store.Get(pidTarget), "PID namespace");
            }

            if (CreateRules.IpcContainer(record.HostConfig) is { } ipcTarget)
            {
                JoinIpc(joined, store.Get(ipcTarget));
                ShareUserNamespace(joined, record, store.Get(ipcTarget), "IPC");
            }

            return joined;
        }
        catch
        {
            joined.Dispose();
            throw;
        }
    }

    /// <summary>Root of a user namespace has rights only in namespaces that belong to it, so who joins another container's is in its user namespace, as with Docker.</summary>
    private void ShareUserNamespace(JoinedNamespaces joined, ContainerRecord record, Container target, string noun)
    {
        if (defaults.RemapOf(record.HostConfig) is null)
        {
            return;
        }

        Remapping? other;
        try
        {
            other = target.Run is { Process: { } process } ? Remapping.Of(process.Identity.Pid) : null;
        }
        catch (SyscallException gone) when (gone.Errno is Libc.ENOENT or Libc.ESRCH)
        {
            throw NotRunning(target, noun);
        }

        if (target.Run is not { Process.HasExited: false })
        {
            other?.Dispose();
            throw NotRunning(target, noun);
        }

        if (other is null)
        {
            throw EngineException.Conflict($"cannot join {noun} of container {target.Id}: it is in the host's user namespace (hint: --userns=host)");
        }

        if (!joined.ShareUserNamespace(other))
        {
            throw EngineException.Conflict($"cannot join {noun} of container {target.Id}: it is in another user namespace than the other containers that are joined");
        }
    }

    private static EngineException NotRunning(Container target, string noun) => EngineException.Conflict($"cannot join {noun} of a non running container: {target.Id}");

    /// <summary>System V objects and message queues are the namespace's, POSIX shared memory is whatever is mounted on /dev/shm.</summary>
    private static void JoinIpc(JoinedNamespaces joined, Container donor)
    {
        if (donor.Record.HostConfig.IpcMode is not ("shareable" or "host"))
        {
            throw EngineException.InvalidParameter($"cannot join IPC of container {donor.Id}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        }

        joined.Add(Libc.CLONE_NEWIPC, OpenNamespace(donor, "ipc", "IPC"));
        using SafeFileHandle mounts = OpenNamespace(donor, "mnt", "IPC");
        joined.SharedMemory = RunningRoot.Clone(mounts, "/dev/shm")
            ?? throw EngineException.Conflict($"cannot join IPC of container {donor.Id}: it has no /dev/shm");
    }

    /// <summary>A running container's namespace, held by fd: the pid cannot be somebody else's by the time it is joined.</summary>
    private static SafeFileHandle OpenNamespace(Container target, string name, string noun)
    {
        EngineException stopped = NotRunning(target, noun);
        ContainerRun run = target.Run ?? throw stopped;
        SafeFileHandle handle;
        try
        {
            handle = Libc.open($"/proc/{run.Process.Identity.Pid}/ns/{name}", Libc.O_RDONLY);
        }
        catch (SyscallException gone) when (gone.Errno is Libc.ENOENT or Libc.ESRCH)
        {
            throw stopped;
        }

        if (run.Process.HasExited)
        {
            handle.Dispose();
            throw stopped;
        }

        return handle;
    }

    /// <summary>Sources lie where users have them: a file system that does not answer must not hold up more than this start.</summary>
    private async Task<MountSources> OpenSourcesAsync(ContainerRecord record, Remapping? remapping)
    {
        if (record.Mounts.Count == 0)
        {
            return await MountSources.OpenAsync(record, parts.Volumes, parts.Layers, record.Id, remapping);
        }

        Task<MountSources> opening = Task.Factory.StartNew(
            () => MountSources.OpenAsync(record, parts.Volumes, parts.Layers, record.Id, remapping), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        try
        {
            return await opening.WaitAsync(s_sourcesTimeout);
        }
        catch (TimeoutException)
        {
            _ = ReleaseLateAsync(record, opening);
            throw EngineException.System($"a source of a mount does not answer: {string.Join(", ", record.Mounts.Select(mount => mount.Source))}");
        }
    }

    /// <summary>It does answer in the end, and nobody wants it any more. Nobody awaits this.</summary>
    private async Task ReleaseLateAsync(ContainerRecord record, Task<MountSources> opening) => await TryAsync(record.Id, async () =>
    {
        (await opening).Dispose();
        await MountSources.ReleaseAsync(record.Mounts, parts.Volumes, record.Id);
    });

    private async Task UndoAsync(ContainerRecord record, Task<ICgroup> cgroup, Task<ISandbox?> network, Task saved, ILogDriver? log)
    {
        string id = record.Id;
        await TryAsync(id, () => saved);
        await TryAsync(id, () => MountSources.ReleaseAsync(record.Mounts, parts.Volumes, id));
        await TryAsync(id, () => parts.Layers.CloseRootfsAsync(id));
        await TryAsync(id, async () => await (network.IsCompletedSuccessfully && network.Result is { } made ? made.ReleaseAsync() : Task.CompletedTask));
        await TryAsync(id, async () => await (cgroup.IsCompletedSuccessfully ? cgroup.Result.RemoveAsync(CancellationToken.None) : Task.CompletedTask));
        await TryAsync(id, async () => await (log?.DisposeAsync() ?? ValueTask.CompletedTask));
        await TryAsync(id, () =>
        {
            files.DeleteRun(id);
            return Task.CompletedTask;
        });
    }

    /// <summary>One step of undoing; its failure is told to the operator and must not keep the next from being done.</summary>
    private static async Task TryAsync(string id, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: a step on its way in or out", RandomId.Short(id));
        }
    }
}
