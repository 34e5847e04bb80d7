using System.Text;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Spec;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class ExecTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Exit_code_is_known_when_the_output_ends()
    {
        string exec = _host.Service.CreateExec(await _host.StartAsync(), Request("false"));
        FakeHijack client = new();
        Task session = _host.Service.StartExecAsync(exec, new(), client);
        FakeProcess process = _host.Execution.Last;
        Assert.True(_host.Service.InspectExec(exec).Running);
        Assert.Null(_host.Service.InspectExec(exec).ExitCode);
        await process.PrintAsync("out", OutputStream.Stderr);
        process.Exit(3);
        await session.WaitAsync(ContainerHost.Patience);
        ExecInspect inspect = _host.Service.InspectExec(exec);
        Assert.Equal((false, 3, process.Identity.Pid), (inspect.Running, inspect.ExitCode, inspect.Pid));
        Assert.Equal("\u0002\0\0\0\0\0\0\u0003out", Encoding.ASCII.GetString(await client.ReadToEndAsync()));
        Assert.Equal("3", _host.Events.AttributesOf("exec_die")["exitCode"]);
    }

    [Fact]
    public async Task Exec_has_the_containers_surroundings_and_its_own_words()
    {
        string id = await _host.StartAsync(config: config => (config.Env, config.WorkingDir, config.User) = (["A=1", "B=2"], "/work", "1000"));
        ExecCreateRequest request = Request("env");
        (request.Env, request.Tty, request.ConsoleSize) = (["B=3"], true, [24, 80]);
        await _host.Service.StartExecDetachedAsync(_host.Service.CreateExec(id, request), new());
        ExecLaunch launch = _host.Execution.Execs.Single();
        ProcessSpec process = launch.Process;
        Assert.Equal(["PATH=/bin", $"HOSTNAME={id[..12]}", "TERM=xterm", "A=1", "B=3"], process.Environment);
        Assert.Equal(("/work", "1000", true, (ushort)24, (ushort)80), (process.WorkingDirectory, process.User, process.Terminal, process.ConsoleHeight, process.ConsoleWidth));
        Assert.Equal([1], process.SeccompFilter);
        Assert.False(launch.OpenStdin);
        Assert.NotEqual(0UL, launch.Namespaces & Libc.CLONE_NEWPID);
        Assert.NotEqual(0UL, launch.Namespaces & Libc.CLONE_NEWCGROUP);
    }

    [Fact]
    public async Task Failure_after_the_answer_is_told_in_the_stream()
    {
        string exec = _host.Service.CreateExec(await _host.StartAsync(), Request("nonsense"));
        _host.Execution.Failure = new StartException("FindCommand", Libc.ENOENT, "failed to create task for container: exec: \"nonsense\": executable file not found in $PATH", 127);
        FakeHijack client = new();
        await _host.Service.StartExecAsync(exec, new(), client).WaitAsync(ContainerHost.Patience);
        Assert.EndsWith(
            "OCI runtime exec failed: exec failed: unable to start container process: exec: \"nonsense\": executable file not found in $PATH\r\n",
            Encoding.ASCII.GetString(await client.ReadToEndAsync()),
            StringComparison.Ordinal);
        Assert.Equal(127, _host.Service.InspectExec(exec).ExitCode);
    }

    [Fact]
    public async Task Exec_runs_once()
    {
        string exec = _host.Service.CreateExec(await _host.StartAsync(), Request("true"));
        await _host.Service.StartExecDetachedAsync(exec, new());
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartExecDetachedAsync(exec, new()));
        Assert.Equal((ErrorKind.Conflict, $"exec command {exec} is already running"), (error.Kind, error.Message));
    }

    [Fact]
    public async Task Exec_needs_a_running_container_and_a_command()
    {
        string id = await _host.CreateAsync();
        Assert.Equal($"container {id} is not running", Assert.Throws<EngineException>(() => _host.Service.CreateExec(id, Request("true"))).Message);
        await _host.Service.StartAsync(id);
        Assert.Equal("No exec command specified", Assert.Throws<EngineException>(() => _host.Service.CreateExec(id, new())).Message);
        string exec = _host.Service.CreateExec(id, Request("true"));
        await _host.Service.PauseAsync(id);
        Assert.Equal(
            $"container {id} is paused, unpause the container before exec",
            (await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartExecDetachedAsync(exec, new()))).Message);
        Assert.Equal("No such exec instance: x", Assert.Throws<EngineException>(() => _host.Service.InspectExec("x")).Message);
    }

    [Fact]
    public async Task Client_that_leaves_does_not_end_the_exec()
    {
        ExecCreateRequest request = Request("cat");
        request.AttachStdin = true;
        string exec = _host.Service.CreateExec(await _host.StartAsync(), request);
        FakeHijack client = new();
        Task session = _host.Service.StartExecAsync(exec, new(), client);
        await client.TypeAsync("in");
        client.Vanish();
        await session.WaitAsync(ContainerHost.Patience);
        Assert.True(_host.Service.InspectExec(exec).Running);
        Assert.True(_host.Execution.Last.PrintAsync(new byte[4 << 20]).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Running_execs_are_listed_and_go_with_the_container()
    {
        string id = await _host.StartAsync();
        FakeProcess first = _host.Execution.Last;
        string exec = _host.Service.CreateExec(id, Request("sleep"));
        await _host.Service.StartExecDetachedAsync(exec, new());
        Assert.Equal([exec], _host.Service.Inspect(id, withSize: false).ExecIDs);
        first.Exit(0);
        await _host.Service.RemoveAsync(id, force: true, removeVolumes: false).WaitAsync(ContainerHost.Patience);
        Assert.Throws<EngineException>(() => _host.Service.InspectExec(exec));
    }

    private static ExecCreateRequest Request(string command) => new() { Cmd = [command], AttachStdout = true, AttachStderr = true };
}
