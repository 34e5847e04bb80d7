using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Containers.Launching;
using Rtd.Protocol.Spawn;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Sync;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Execution.Oci;

/// <summary>
/// Containers by another OCI runtime: a bundle, <c>create</c>, <c>start</c>, <c>delete</c>. Cgroup, network, streams, signals and execs stay ours.
/// </summary>
/// <param name="shim">The sealed rtinit, which becomes the container's parent (<c>RuntimeParent</c>).</param>
/// <param name="directory">For bundles and the runtimes' states; emptied at start, when no container of an earlier daemon is left.</param>
internal sealed class OciExecutionDriver(SafeFileHandle shim, string directory)
{
    private const int SyncFd = 3;

    private static readonly Logger s_log = LogManager.GetLogger("containers");

    public async Task<IContainerProcess> RunAsync(ContainerLaunch launch, CancellationToken cancellation)
    {
        RefuseWhatOthersLack(launch);
        OciRuntime runtime = launch.Oci!.Runtime;
        string id = launch.Spec.Id;
        using OciBundle bundle = OciBundle.Create(directory, runtime.Name, id);
        try
        {
            return await StartAsync(launch, runtime, bundle, cancellation);
        }
        catch (Exception failure)
        {
            string? words = bundle.LastError();
            launch.Cgroup.Kill();
            await DeleteAsync(runtime, bundle, id);
            await launch.Cgroup.RemoveAsync(CancellationToken.None);
            if (failure is StartException { Step: nameof(InitStep.Execute) } && words is not null)
            {
                throw Explain(runtime, words, failure);
            }

            throw;
        }
    }

    /// <summary>Removes what runtimes keep of containers that an earlier daemon left.</summary>
    /// <param name="isRunning">Tells by an id, or the beginning of one.</param>
    public void Sweep(Func<string, bool> isRunning)
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        string states = Path.Combine(directory, OciBundle.StateDirectory);
        IEnumerable<string> bundles = Directory.EnumerateDirectories(directory).Where(path => path != states);
        IEnumerable<string> kept = Directory.Exists(states) ? Directory.EnumerateDirectories(states).SelectMany(state => Directory.EnumerateDirectories(state)) : [];
        foreach (string left in bundles.Concat(kept).Where(path => !isRunning(Path.GetFileName(path))).ToArray())
        {
            Directory.Delete(left, recursive: true);
        }
    }

    private static void RefuseWhatOthersLack(ContainerLaunch launch)
    {
        string? problem = launch.Spec.Process.Init ? "--init"
            : launch.Spec.Mounts.Any(mount => mount.Kind == MountKind.Tree && mount.Source == SpecBuilder.SharedMemory) ? "sharing the ipc namespace of another container"
            : null;
        if (problem is not null)
        {
            throw new StartException("runtime", Libc.EINVAL, $"failed to create task for container: {problem} is not available with the runtime {launch.Oci!.Runtime.Name}", 128);
        }
    }

    private async Task<IContainerProcess> StartAsync(ContainerLaunch launch, OciRuntime runtime, OciBundle bundle, CancellationToken cancellation)
    {
        ProcessSpec process = launch.Spec.Process;
        using Stdio stdio = Stdio.Open(process.Terminal, launch.OpenStdin);
        (SyncChannel sync, SafeFileHandle theirs) = SyncChannel.Create();
        using (sync)
        {
            SpawnedProcess parent;
            using (theirs)
            {
                parent = Spawner.Spawn(new SpawnRequest
                {
                    ExecutableFd = shim.Fd(),
                    Arguments = ["rtinit", InitRoles.RuntimeParent],
                    Fds = [(stdio.Child[0], 0), (stdio.Child[1], 1), (stdio.Child[2], 2), (theirs, SyncFd)],
                    CloneFlags = Libc.CLONE_NEWNS,
                    SignalMask = SpawnRequest.AllButRuntimesSignals,
                });
            }

            stdio.CloseChildEnds();
            OwnChild child = new(parent.Pid, parent.Pidfd);
            try
            {
                return await SetUpAsync(launch, runtime, bundle, stdio, sync, child, cancellation);
            }
            catch
            {
                await NativeExecutionDriver.AbortAsync(child);
                throw;
            }
        }
    }

    private static async Task<IContainerProcess> SetUpAsync(
        ContainerLaunch launch, OciRuntime runtime, OciBundle bundle, Stdio stdio, SyncChannel sync, OwnChild child, CancellationToken cancellation)
    {
        ContainerSpec spec = launch.Spec;
        await sync.SendAsync(RuntimeCodec.Encode(ParentSpec(spec, runtime, bundle)), launch.Rootfs is null ? [] : [launch.Rootfs]);
        RuntimeUser user = RuntimeCodec.DecodeUser(await ExpectAsync(sync, SyncMessage.User));
        bundle.Write(OciConfiguration.Build(launch, user));
        if (spec.Process.Terminal)
        {
            bundle.ListenForTerminal();
        }

        await sync.SendAsync(SpecCodec.Encode(SyncMessage.Go), []);
        int pid = RuntimeCodec.DecodeCreated(await ExpectAsync(sync, SyncMessage.Created));
        ProcessIdentity identity = ProcessStat.Identify(pid) ?? throw new StartException("create", Libc.ESRCH, "the container's process ended at once", 128);
        SafeFileHandle target = Libc.pidfd_open(pid);
        SafeFileHandle? terminal = null;
        try
        {
            if (spec.Process.Terminal)
            {
                SafeFileHandle master = await bundle.TakeTerminalAsync(cancellation);
                terminal = Libc.Own(Libc.fcntl(master.Fd(), Libc.F_DUPFD_CLOEXEC));
                stdio.UseTerminal(master);
            }

            NetworkState network = await launch.ConnectNetwork(pid, cancellation);
            await sync.SendAsync(SpecCodec.Encode(network), []);
            await ExpectAsync(sync, SyncMessage.Ready);
            await launch.BeforeExec(identity);
            await sync.SendAsync(SpecCodec.Encode(SyncMessage.Go), []);
            if (await sync.ReceiveAsync() is { } message)
            {
                throw message.Kind == SyncMessage.Error
                    ? InitFailure.ToException(SpecCodec.DecodeError(message.Body))
                    : new InvalidDataException($"rtinit sent {message.Kind} instead of starting the container");
            }

            bool sharesPids = (launch.CloneFlags & Libc.CLONE_NEWPID) == 0;
            return new ContainerProcess(
                identity, child, stdio, terminal, launch.Output, sharesPids ? launch.Cgroup.Kill : null, target, () => DeleteAsync(runtime, bundle, spec.Id));
        }
        catch
        {
            terminal?.Dispose();
            target.Dispose();
            throw;
        }
    }

    private static RuntimeSpec ParentSpec(ContainerSpec spec, OciRuntime runtime, OciBundle bundle) => new(
        runtime.Path,
        bundle.GlobalArguments(runtime),
        ["--bundle", bundle.Directory, "--pid-file", bundle.PidFile, .. spec.Process.Terminal ? ["--console-socket", bundle.ConsoleSocket] : Array.Empty<string>()],
        bundle.PidFile,
        spec.Id,
        spec.Rootfs,
        spec.Process.WorkingDirectory,
        spec.Process.User,
        spec.Process.AdditionalGroups);

    private static async Task<WireReader> ExpectAsync(SyncChannel sync, SyncMessage expected) => await sync.ReceiveAsync() switch
    {
        { Kind: SyncMessage.Error } message => throw InitFailure.ToException(SpecCodec.DecodeError(message.Body)),
        { } message when message.Kind == expected => message.Body,
        { } message => throw new InvalidDataException($"rtinit sent {message.Kind} instead of {expected}"),
        null => throw new StartException("set up", 0, "rtinit died while setting up the container", 128),
    };

    /// <summary>The runtime forgets the container. Should it fail, its state is removed all the same, and the operator is told.</summary>
    private static async Task DeleteAsync(OciRuntime runtime, OciBundle bundle, string id)
    {
        try
        {
            using SafeFileHandle nothing = Libc.open("/dev/null", Libc.O_RDWR);
            SpawnedProcess child = Spawner.Spawn(new SpawnRequest
            {
                ExecutableFd = Libc.AT_FDCWD,
                Path = runtime.Path,
                Arguments = [runtime.Path, .. bundle.GlobalArguments(runtime), "delete", "--force", id],
                Environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
                Fds = [(nothing, 0), (nothing, 1), (nothing, 2)],
            });
            using IoSource pidfd = IoLoop.Shared.Register(child.Pidfd);
            while (Libc.waitid_pidfd(pidfd.Handle.Fd(), block: false) is null)
            {
                await pidfd.ReadableAsync();
            }
        }
        catch (SyscallException failure)
        {
            s_log.Warn("container {0}: {1} delete: {2}", id, runtime.Name, failure.Message);
        }

        bundle.Remove(id);
    }

    /// <summary>Docker's words, and its exit codes by the runtime's.</summary>
    private static StartException Explain(OciRuntime runtime, string words, Exception failure)
    {
        // What clients take their exit code from is in lower case, as Go has it; crun's are the C library's words.
        words = words.Replace("No such file", "no such file", StringComparison.Ordinal).Replace("Permission denied", "permission denied", StringComparison.Ordinal);
        bool missing = (words.Contains("executable file", StringComparison.Ordinal) && words.Contains("not found", StringComparison.Ordinal))
            || words.Contains("no such file or directory", StringComparison.Ordinal);
        int exitCode = missing ? 127 : words.Contains("permission denied", StringComparison.Ordinal) ? 126 : 128;
        return new StartException(
            nameof(InitStep.Execute), exitCode == 128 ? Libc.EINVAL : 0, $"failed to create task for container: failed to create shim task: OCI runtime create failed: {runtime.Name}: {words}", exitCode, failure);
    }
}
