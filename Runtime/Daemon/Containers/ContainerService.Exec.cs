using System.Globalization;
using System.Text;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Execs;
using Rtd.Daemon.Containers.Launching;
using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Streams;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Security;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Containers;

internal sealed partial class ContainerService
{
    /// <summary>Notes a command to run in a running container.</summary>
    /// <returns>The exec's id.</returns>
    public string CreateExec(string reference, ExecCreateRequest request)
    {
        Container container = _store.Get(reference);
        RunForExec(container);
        Check(request);
        ExecInstance exec = new(container, request);
        _execs.Add(exec);
        Publish(container, "exec_create: " + string.Join(' ', request.Cmd!), ("execID", exec.Id));
        return exec.Id;
    }

    /// <summary>Starts an exec and leaves it to itself.</summary>
    public async Task StartExecDetachedAsync(string id, ExecStartRequest start)
    {
        ExecInstance exec = BeginExec(id);
        await RunExecAsync(exec, start, stdin: false);
    }

    /// <summary>Starts an exec on a connection and returns when its output has ended or the client has left.</summary>
    public async Task StartExecAsync(string id, ExecStartRequest start, HijackContext context)
    {
        ExecInstance exec = BeginExec(id);
        ExecCreateRequest request = exec.Request;
        DetachKeys keys = DetachKeys.Parse(request.DetachKeys);
        AttachedClient client = exec.Streams.Attach(request.AttachStdout, request.AttachStderr);
        try
        {
            HijackedStream connection = await context.AcceptAsync(request.Tty);
            if (await TryRunExecAsync(exec, start, client, connection))
            {
                AttachInput? input = request.AttachStdin ? new AttachInput(CloseStdin: true, request.Tty ? keys : null) : null;
                if (await new AttachSession(connection, exec.Streams, client, input).RunAsync(context.Aborted))
                {
                    Publish(exec.Container, "exec_detach", ("execID", exec.Id));
                }
            }
        }
        finally
        {
            exec.Streams.Detach(client);
        }
    }

    public ExecInspect InspectExec(string id)
    {
        ExecInstance exec = _execs.Get(id);
        ExecCreateRequest request = exec.Request;
        ExecState state = exec.State;
        return new ExecInspect
        {
            ID = exec.Id,
            Running = state.Running,
            ExitCode = state.ExitCode,
            ProcessConfig = new ExecProcessConfig
            {
                Tty = request.Tty,
                Entrypoint = request.Cmd![0],
                Arguments = request.Cmd[1..],
                Privileged = request.Privileged,
                User = request.User.Length > 0 ? request.User : null,
            },
            OpenStdin = request.AttachStdin,
            OpenStderr = request.AttachStderr,
            OpenStdout = request.AttachStdout,
            ContainerID = exec.Container.Id,
            DetachKeys = request.DetachKeys,
            Pid = state.Pid,
        };
    }

    /// <summary>Sets the size of an exec's terminal. Clients do so as soon as their connection is accepted, when the process may still be starting.</summary>
    public async Task ResizeExecAsync(string id, ushort height, ushort width, CancellationToken cancellation)
    {
        ExecInstance exec = _execs.Get(id);
        if (exec.HasBegun && exec.State.Ended is null)
        {
            try
            {
                ResizeTerminal(await exec.Streams.Process.WaitAsync(cancellation), exec.Request.Tty, height, width);
                return;
            }
            catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
            {
                // Its start failed: there is nothing to resize.
            }
        }

        throw EngineException.Conflict($"exec {id} is not running");
    }

    private static void Check(ExecCreateRequest request)
    {
        if (request.Cmd is null or { Count: 0 })
        {
            throw EngineException.InvalidParameter("No exec command specified");
        }

        if (request.WorkingDir.Length > 0 && !request.WorkingDir.StartsWith('/'))
        {
            throw EngineException.InvalidParameter($"the working directory '{request.WorkingDir}' is invalid, it needs to be an absolute path");
        }

        if (request.Cmd.Concat(request.Env ?? []).Append(request.User).Append(request.WorkingDir).Any(word => word.Contains('\0')))
        {
            throw EngineException.InvalidParameter("a command, environment variable, user or working directory cannot contain a NUL byte");
        }

        DetachKeys.Parse(request.DetachKeys);
    }

    private ContainerRun RunForExec(Container container) => container.State.Status switch
    {
        ContainerStatus.Paused => throw EngineException.Conflict($"container {container.Id} is paused, unpause the container before exec"),
        ContainerStatus.Restarting => throw EngineException.Conflict($"container {container.Id} is restarting, wait until the container is running"),
        _ => container.Run ?? throw NotRunning(container),
    };

    /// <summary>Claims an exec for its one start.</summary>
    private ExecInstance BeginExec(string id)
    {
        ExecInstance exec = _execs.Get(id);
        RunForExec(exec.Container);
        if (exec.TryBegin())
        {
            return exec;
        }

        string state = exec.State.Ended is null ? "is already running" : "has already run";
        throw EngineException.Conflict($"exec command {id} {state}");
    }

    /// <summary>After the connection has been accepted an error can only be told in the stream, as Docker does; its exit code is in the exec.</summary>
    private async Task<bool> TryRunExecAsync(ExecInstance exec, ExecStartRequest start, AttachedClient client, HijackedStream connection)
    {
        try
        {
            await RunExecAsync(exec, start, exec.Request.AttachStdin);
            return true;
        }
        catch (EngineException failure)
        {
            client.Write(connection.Output, OutputStream.Stdout, Encoding.UTF8.GetBytes(failure.Message + "\r\n"));
            await connection.Output.FlushAsync();
            return false;
        }
    }

    private async Task RunExecAsync(ExecInstance exec, ExecStartRequest start, bool stdin)
    {
        try
        {
            ContainerRun run = RunForExec(exec.Container);
            await using TracerFreeze tracers = await TracerFreeze.BeginAsync(_store.All, exec.Container);
            RunForExec(exec.Container); // it may have been paused while we waited
            run.HadPrivilegedExec |= exec.Request.Privileged;
            ExecLaunch launch = new()
            {
                Container = run.Process,
                Namespaces = run.Namespaces,
                Cgroup = run.Cgroup,
                Process = ExecProcess(exec, start),
                FilterAllowsFork = !_launcher.HasForeignSeccomp(exec.Container.Record.HostConfig),
                OfClient = exec.Capture is null,
                OpenStdin = stdin,
                Output = exec.Capture ?? exec.Streams,
                Holding = HoldingOf(exec),
                Thaw = tracers.HasFrozen(run) ? tracers.ThawAsync : null,
            };
            IContainerProcess process = await _parts.Execution.ExecAsync(launch, CancellationToken.None);
            exec.SetState(new ExecState(true, process.Identity.Pid, null, null));
            exec.Streams.SetProcess(process);
            Publish(exec.Container, "exec_start: " + string.Join(' ', exec.Request.Cmd!), ("execID", exec.Id));
            _ = MonitorExecAsync(exec, process);
        }
        catch (Exception failure)
        {
            exec.SetState(new ExecState(false, 0, failure is StartException { ExitCode: NotFoundExitCode } ? NotFoundExitCode : NotExecutableExitCode, DateTimeOffset.UtcNow));
            await exec.Streams.EndAsync();
            throw ExecError(failure);
        }
    }

    /// <summary>Nobody awaits this, so it must not throw. The exit code is known before the client sees the end of the output.</summary>
    private async Task MonitorExecAsync(ExecInstance exec, IContainerProcess process)
    {
        try
        {
            ExitStatus exit = await process.Exited;
            exec.SetState(new ExecState(false, process.Identity.Pid, exit.Code, exit.At));
            Publish(exec.Container, "exec_die", ("execID", exec.Id), ("exitCode", exit.Code.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "exec {0}: waiting for its end", exec.Id);
            exec.SetState(new ExecState(false, process.Identity.Pid, UnknownExitCode, DateTimeOffset.UtcNow));
        }
        finally
        {
            process.Forget();
            await exec.Streams.EndAsync();
        }
    }

    private ProcessSpec ExecProcess(ExecInstance exec, ExecStartRequest start)
    {
        ExecCreateRequest request = exec.Request;
        ContainerConfig config = exec.Container.Record.Config;
        HostConfig host = exec.Container.Record.HostConfig;
        (ushort height, ushort width) = ProcessBuilder.ConsoleSize(start.ConsoleSize ?? request.ConsoleSize);
        string[] links = [.. ContainerLinks.RunningOnly(exec.Container.Record, _store).SelectMany(link => LinkEnvironment.Of(exec.Container.Record.Name, link))];
        IReadOnlyList<string> environment = ProcessBuilder.Environment(config.Hostname, request.Tty, links, config.Env);
        ulong capabilities = request.Privileged ? Capabilities.Parse([], [], privileged: true) : ContainerLauncher.CapabilitiesOf(host);
        string directory = request.WorkingDir.Length > 0 ? request.WorkingDir : config.WorkingDir;
        return new ProcessSpec
        {
            Arguments = request.Cmd!,
            Environment = ProcessBuilder.Override(environment, request.Env),
            WorkingDirectory = directory.Length > 0 ? Path.GetFullPath(directory) : "/",
            User = request.User.Length > 0 ? request.User : config.User,
            AdditionalGroups = host.GroupAdd ?? [],
            Terminal = request.Tty,
            ConsoleHeight = height,
            ConsoleWidth = width,
            Rlimits = ProcessBuilder.Rlimits(_defaults.Ulimits, host.Ulimits),
            Capabilities = new CapabilitySpec(capabilities, capabilities, capabilities),
            NoNewPrivileges = SecurityOptions.Parse(host.SecurityOpt, _defaults.NoNewPrivileges).NoNewPrivileges,
            OomScoreAdjust = host.OomScoreAdj,
            SeccompFilter = _launcher.SeccompFilter(exec.Container.Record),
            AppArmorProfile = request.Privileged ? "" : _launcher.AppArmorProfile(host),
            SessionKeyring = ProcessBuilder.SessionKeyring(exec.Container.Id),
        };
    }

    /// <summary>The exec driver's message begins with a container's words; an exec has its own.</summary>
    private static EngineException ExecError(Exception failure)
    {
        if (failure is EngineException known)
        {
            return known;
        }

        string reason = failure.Message.StartsWith(StartFailurePrefix, StringComparison.Ordinal) ? failure.Message[StartFailurePrefix.Length..] : failure.Message;
        string message = $"OCI runtime exec failed: exec failed: unable to start container process: {reason}";
        return failure is StartException { IsOfTheRequest: true }
            ? EngineException.InvalidParameter(message, failure)
            : EngineException.System(message, failure);
    }
}
