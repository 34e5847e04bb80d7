using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Execution;
using Rtd.Protocol.Syscalls;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class LifeTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Start_runs_and_exit_gives_everything_back()
    {
        string id = await _host.StartAsync("web");
        ContainerState running = _host.State(id);
        Assert.Equal((ContainerStatus.Running, _host.Execution.Last.Identity.Pid), (running.Status, running.Pid));
        Assert.Single(_host.Networks.Held);
        Assert.True(File.Exists(Path.Combine(_host.ExecRoot, "containers", id + ".json")));

        _host.Cgroups.Existing.Values.Single().OutOfMemoryKills = 1;
        await _host.EndAsync(id, 3);
        ContainerState ended = _host.State(id);
        Assert.Equal((ContainerStatus.Exited, 0, 3, true), (ended.Status, ended.Pid, ended.ExitCode, ended.OOMKilled));
        Assert.NotNull(ended.FinishedAt);
        Assert.Empty(_host.Networks.Held);
        Assert.False(File.Exists(Path.Combine(_host.ExecRoot, "containers", id + ".json")));
        await _host.Service.RemoveAsync(id, force: false, removeVolumes: false);
        Assert.Empty(_host.Cgroups.Existing);
        Assert.Equal(["create", "start", "oom", "die", "destroy"], _host.Events.ContainerActions);
        Assert.Equal("3", _host.Events.AttributesOf("die")["exitCode"]);
        Assert.Equal(("web", "busybox"), (_host.Events.AttributesOf("die")["name"], _host.Events.AttributesOf("die")["image"]));
    }

    [Fact]
    public async Task Second_start_is_not_modified()
    {
        string id = await _host.StartAsync();
        Assert.Equal(ErrorKind.NotModified, (await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id))).Kind);
    }

    [Fact]
    public async Task Failed_start_undoes_everything_and_shows_why()
    {
        string id = await _host.CreateAsync();
        _host.Execution.Failure = new StartException("FindCommand", Libc.ENOENT, "failed to create task for container: exec: \"x\": executable file not found in $PATH", 127);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));

        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.Equal("failed to create task for container: exec: \"x\": executable file not found in $PATH", error.Message);
        ContainerState state = _host.State(id);
        Assert.Equal((ContainerStatus.Created, 127, error.Message), (state.Status, state.ExitCode, state.Error));
        Assert.Empty(_host.Networks.Held);
        Assert.Empty(_host.Cgroups.Existing);
        Assert.Empty(Directory.GetFiles(Path.Combine(_host.ExecRoot, "containers")));
        Assert.Equal(["create"], _host.Events.ContainerActions);

        _host.Execution.Failure = null;
        await _host.Service.StartAsync(id);
        Assert.Equal(("", 0), (_host.State(id).Error, _host.State(id).ExitCode));
    }

    [Fact]
    public async Task Failure_of_one_preparation_undoes_the_other()
    {
        string id = await _host.CreateAsync();
        _host.Networks.Failure = EngineException.System("Bind for 0.0.0.0:80 failed: port is already allocated");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal("Bind for 0.0.0.0:80 failed: port is already allocated", error.Message);
        Assert.Empty(_host.Cgroups.Existing);

        _host.Networks.Failure = null;
        _host.Cgroups.Failure = new IOException("cgroup");
        error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal((ErrorKind.System, "failed to create task for container: cgroup"), (error.Kind, error.Message));
        Assert.Empty(_host.Networks.Held);
        Assert.Equal(128, _host.State(id).ExitCode);
    }

    [Fact]
    public async Task Failed_start_of_an_auto_removed_container_removes_it()
    {
        string id = await _host.CreateAsync("once", host: host => host.AutoRemove = true);
        Task<int> removed = _host.Service.WaitAsync(id, WaitCondition.Removed, CancellationToken.None);
        _host.Execution.Failure = new StartException("Execute", Libc.EACCES, "permission denied", 126);
        await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id));
        Assert.Equal(126, await removed.WaitAsync(ContainerHost.Patience));
        Assert.Empty(_host.Layers.Existing);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => _host.Service.Get("once")).Kind);
    }

    [Fact]
    public async Task Auto_removal_takes_anonymous_volumes_and_tells_waiters_the_exit_code()
    {
        string id = await _host.StartAsync(config: config => config.Volumes = new() { ["/data"] = new() }, host: host => (host.AutoRemove, host.Binds) = (true, ["named:/n"]));
        Task<int> removed = _host.Service.WaitAsync(id, WaitCondition.Removed, CancellationToken.None);
        _host.Execution.Last.Exit(9);
        Assert.Equal(9, await removed.WaitAsync(ContainerHost.Patience));
        Assert.Empty(_host.Layers.Existing);
        Assert.Equal(["named"], _host.Volumes.All.Select(volume => volume.Name));
        Assert.False(Directory.Exists(_host.DirectoryOf(id)));
    }

    [Fact]
    public async Task Stop_sends_the_stop_signal()
    {
        _host.Execution.DeadlySignals.Add(Libc.SIGHUP);
        string id = await _host.StartAsync(config: config => config.StopSignal = "SIGHUP");
        FakeProcess process = _host.Execution.Last;
        await _host.Service.StopAsync(id, null, 20).WaitAsync(ContainerHost.Patience);
        Assert.Equal([Libc.SIGHUP], process.Signals);
        Assert.Equal(129, _host.State(id).ExitCode);
        Assert.Equal(["create", "start", "kill", "die", "stop"], _host.Events.ContainerActions);
        Assert.Equal(ErrorKind.NotModified, (await Assert.ThrowsAsync<EngineException>(() => _host.Service.StopAsync(id, null, null))).Kind);
    }

    [Fact]
    public async Task Stop_kills_what_does_not_listen()
    {
        _host.Execution.DeadlySignals.Clear();
        string id = await _host.StartAsync();
        FakeProcess process = _host.Execution.Last;
        await _host.Service.StopAsync(id, null, 0).WaitAsync(ContainerHost.Patience);
        Assert.Equal([Libc.SIGTERM, Libc.SIGKILL], process.Signals);
        Assert.Equal(137, _host.State(id).ExitCode);
    }

    [Fact]
    public async Task Kill_sends_any_signal_and_refuses_a_stopped_container()
    {
        string id = await _host.StartAsync("web");
        await _host.Service.KillAsync(id, "USR1");
        Assert.Equal([10], _host.Execution.Last.Signals);
        Assert.Equal(ContainerStatus.Running, _host.State(id).Status);
        Assert.Equal("10", _host.Events.AttributesOf("kill")["signal"]);

        Task<int> exit = _host.Service.WaitAsync(id, WaitCondition.NextExit, CancellationToken.None);
        await _host.Service.KillAsync(id, null);
        Assert.Equal(137, await exit.WaitAsync(ContainerHost.Patience));
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.KillAsync("web", null));
        Assert.Equal((ErrorKind.Conflict, $"cannot kill container: web: container {id} is not running"), (error.Kind, error.Message));
        await Assert.ThrowsAsync<EngineException>(() => _host.Service.KillAsync("web", "NONSENSE"));
    }

    [Fact]
    public async Task Restart_keeps_an_auto_removed_container()
    {
        string id = await _host.StartAsync(host: host => host.AutoRemove = true);
        FakeProcess first = _host.Execution.Last;
        await _host.Service.RestartAsync(id, null, 20).WaitAsync(ContainerHost.Patience);
        Assert.True(first.HasExited);
        Assert.Equal(ContainerStatus.Running, _host.State(id).Status);
        Assert.Equal(2, _host.Execution.Processes.Count);
        Task<int> removed = _host.Service.WaitAsync(id, WaitCondition.Removed, CancellationToken.None);
        _host.Execution.Last.Exit(0);
        await removed.WaitAsync(ContainerHost.Patience);
    }

    [Fact]
    public async Task Pause_freezes_and_stop_thaws()
    {
        string id = await _host.StartAsync();
        FakeCgroups.FakeCgroup cgroup = _host.Cgroups.Existing.Values.Single();
        await _host.Service.PauseAsync(id);
        Assert.Equal((true, ContainerStatus.Paused), (cgroup.Frozen, _host.State(id).Status));
        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<EngineException>(() => _host.Service.PauseAsync(id))).Kind);
        Assert.Equal("cannot start a paused container, try unpause instead", (await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(id))).Message);
        await _host.Service.UnpauseAsync(id);
        Assert.Equal((false, ContainerStatus.Running), (cgroup.Frozen, _host.State(id).Status));
        Assert.Equal($"container {id} is not paused", (await Assert.ThrowsAsync<EngineException>(() => _host.Service.UnpauseAsync(id))).Message);

        await _host.Service.PauseAsync(id);
        await _host.Service.StopAsync(id, null, 20).WaitAsync(ContainerHost.Patience);
        Assert.False(cgroup.Frozen);
        Assert.Equal(143, _host.State(id).ExitCode);
    }

    [Fact]
    public async Task Remove_refuses_a_running_container_unless_forced()
    {
        string id = await _host.StartAsync("web");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.RemoveAsync("web", force: false, removeVolumes: false));
        Assert.Equal(
            (ErrorKind.Conflict, "cannot remove container \"/web\": container is running: stop the container before removing or force remove"),
            (error.Kind, error.Message));
        await _host.Service.RemoveAsync("web", force: true, removeVolumes: false).WaitAsync(ContainerHost.Patience);
        Assert.Empty(_host.Layers.Existing);
        Assert.Empty(_host.Cgroups.Existing);
        Assert.Empty(_host.Networks.Held);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_host.DataRoot, "containers")));
        Assert.Equal($"No such container: {id}", Assert.Throws<EngineException>(() => _host.Service.Get(id)).Message);
        await _host.CreateAsync("web");
    }

    [Fact]
    public async Task Container_whose_layer_stays_is_dead_and_can_be_removed_again()
    {
        string id = await _host.CreateAsync();
        _host.Layers.RemoveFailure = new IOException("device or resource busy");
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.RemoveAsync(id, force: false, removeVolumes: false));
        Assert.Contains("failed to remove root filesystem: device or resource busy", error.Message, StringComparison.Ordinal);
        Assert.Equal(ContainerStatus.Dead, _host.State(id).Status);
        _host.Layers.RemoveFailure = null;
        await _host.Service.RemoveAsync(id, force: false, removeVolumes: false);
        Assert.Empty(_host.Layers.Existing);
    }

    [Fact]
    public async Task Restart_policy_restarts_until_stopped()
    {
        TaskCompletionSource restarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        string id = await _host.StartAsync(host: host => host.RestartPolicy = new() { Name = "always" });
        _host.Execution.OnStarted = _ => restarted.TrySetResult();
        await _host.EndAsync(id, 1);
        await restarted.Task.WaitAsync(ContainerHost.Patience);

        // The stop may come within the restart or after it: in both cases the container stays down.
        await _host.Service.StopAsync(id, null, 20).WaitAsync(ContainerHost.Patience);
        Assert.Equal(ContainerStatus.Exited, _host.State(id).Status);
        Assert.Equal(1, _host.Service.Get(id).Record.RestartCount);
        Assert.Equal(2, _host.Execution.Processes.Count);
        Assert.True(_host.Service.Get(id).Record.StoppedByUser);
    }

    [Fact]
    public async Task On_failure_gives_up_after_its_count()
    {
        string id = await _host.CreateAsync(host: host => host.RestartPolicy = new() { Name = "on-failure", MaximumRetryCount = 2 });
        _host.Execution.OnStarted = process => process.Exit(5);
        Task<int> stopped = WaitUntilStoppedAsync(id);
        await _host.Service.StartAsync(id);
        Assert.Equal(5, await stopped.WaitAsync(ContainerHost.Patience));
        Assert.Equal((2, 3), (_host.Service.Get(id).Record.RestartCount, _host.Execution.Processes.Count));
    }

    [Fact]
    public async Task Restarting_container_can_be_stopped_and_removed()
    {
        string id = await _host.StartAsync(host: host => host.RestartPolicy = new() { Name = "always" });
        Container container = _host.Service.Get(id);
        container.RestartDelay = TimeSpan.FromHours(1); // the next pause is a minute
        await _host.EndAsync(id, 1);
        Assert.Equal(ContainerStatus.Restarting, _host.State(id).Status);
        Task<int> stopped = _host.Service.WaitAsync(id, WaitCondition.NotRunning, CancellationToken.None);
        await _host.Service.StopAsync(id, null, null);
        Assert.Equal(1, await stopped.WaitAsync(ContainerHost.Patience));
        Assert.Equal(ContainerStatus.Exited, _host.State(id).Status);
        await _host.Service.RemoveAsync(id, force: false, removeVolumes: false);
        Assert.Single(_host.Execution.Processes);
    }

    [Fact]
    public async Task Readers_do_not_wait_for_a_start()
    {
        TaskCompletionSource go = new();
        _host.Execution.Hold = () => go.Task;
        string id = await _host.CreateAsync();
        Task start = _host.Service.StartAsync(id);
        Assert.Equal("created", _host.Service.Inspect(id, withSize: false).State.Status);
        Assert.Single(_host.Service.List(all: true, limit: 0, withSize: false, filterText: null));
        string other = await _host.CreateAsync();
        Assert.False(start.IsCompleted);
        go.SetResult();
        await start;
        await _host.Service.StartAsync(other);
        Assert.Equal(ContainerStatus.Running, _host.State(other).Status);
    }

    [Fact]
    public async Task Remove_during_a_start_waits_its_turn_and_leaves_nothing()
    {
        TaskCompletionSource go = new();
        _host.Execution.Hold = () => go.Task;
        string id = await _host.CreateAsync();
        Task start = _host.Service.StartAsync(id);
        Task remove = _host.Service.RemoveAsync(id, force: true, removeVolumes: false);
        Task again = _host.Service.RemoveAsync(id, force: true, removeVolumes: false);
        go.SetResult();
        await Task.WhenAll(start, remove, again).WaitAsync(ContainerHost.Patience);
        Assert.Empty(_host.Layers.Existing);
        Assert.Empty(_host.Networks.Held);
    }

    [Fact]
    public async Task Wait_answers_at_once_for_what_does_not_run_and_forgets_clients_that_left()
    {
        string id = await _host.CreateAsync();
        Assert.Equal(0, await _host.Service.WaitAsync(id, WaitCondition.NotRunning, CancellationToken.None));
        using CancellationTokenSource gone = new();
        Task<int> waiting = _host.Service.WaitAsync(id, WaitCondition.NextExit, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _host.Service.StartAsync(id);
        await _host.EndAsync(id, 4);
        Assert.Equal(4, await _host.Service.WaitAsync(id, WaitCondition.NotRunning, CancellationToken.None));
    }

    [Fact]
    public async Task Rename_moves_the_name_durably()
    {
        string id = await _host.CreateAsync("old");
        await _host.CreateAsync("taken");
        await _host.Service.RenameAsync("old", "/new");
        Assert.Equal(id, _host.Service.Get("new").Id);
        Assert.Equal("/old", _host.Events.AttributesOf("rename")["oldName"]);
        Assert.Equal(ErrorKind.Conflict, (await Assert.ThrowsAsync<EngineException>(() => _host.Service.RenameAsync("new", "taken"))).Kind);
        Assert.Equal("Neither old nor new names may be empty", (await Assert.ThrowsAsync<EngineException>(() => _host.Service.RenameAsync("new", ""))).Message);
        await Assert.ThrowsAsync<EngineException>(() => _host.Service.RenameAsync("new", "b/d"));
        await _host.CreateAsync("old");
        await _host.RestartAsync();
        Assert.Equal(id, _host.Service.Get("new").Id);
    }

    [Fact]
    public async Task Update_changes_a_running_containers_limits_and_is_kept()
    {
        string id = await _host.StartAsync(host: host => host.Memory = 64 << 20);
        await _host.Service.UpdateAsync(id, new() { Memory = 32 << 20, CpuShares = 512, RestartPolicy = new() { Name = "on-failure", MaximumRetryCount = 3 } });
        CgroupResources resources = _host.Cgroups.Existing.Values.Single().Resources!;
        Assert.Equal((32L << 20, 512L, 128L << 20), (resources.Memory!.Value, resources.CpuShares!.Value, resources.MemorySwap!.Value));
        Assert.Equal("on-failure", _host.Service.Inspect(id, withSize: false).HostConfig.RestartPolicy.Name);
        EngineException error = await Assert.ThrowsAsync<EngineException>(() => _host.Service.UpdateAsync(id, new() { Memory = 1L << 40 }));
        Assert.Equal("Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time", error.Message);
        Assert.Equal(32L << 20, _host.Service.Get(id).Record.HostConfig.Memory);
    }

    [Fact]
    public async Task Prune_takes_stopped_containers_that_match()
    {
        string kept = await _host.CreateAsync(config: config => config.Labels = new() { ["keep"] = "" });
        string gone = await _host.CreateAsync();
        string running = await _host.StartAsync();
        Rtd.Daemon.Api.Models.ContainerPruneResult result = await _host.Service.PruneAsync("""{"label!": ["keep"]}""");
        Assert.Equal([gone], result.ContainersDeleted);
        Assert.Equal(42, result.SpaceReclaimed);
        Assert.Equal(new HashSet<string> { kept, running }, _host.Service.All.Select(container => container.Id).ToHashSet());
        await Assert.ThrowsAsync<EngineException>(() => _host.Service.PruneAsync("""{"nonsense": ["x"]}"""));
    }

    [Fact]
    public async Task Shutdown_stops_all_and_starts_nothing_again()
    {
        string polite = await _host.StartAsync(host: host => host.RestartPolicy = new() { Name = "always" });
        _host.Execution.DeadlySignals.Clear();
        string deaf = await _host.StartAsync();
        await _host.Service.ShutdownAsync(TimeSpan.Zero).WaitAsync(ContainerHost.Patience);
        Assert.Equal((ContainerStatus.Exited, ContainerStatus.Exited, 137), (_host.State(polite).Status, _host.State(deaf).Status, _host.State(deaf).ExitCode));
        Assert.False(_host.Service.Get(polite).Record.StoppedByUser);
        Assert.Equal(ErrorKind.Unavailable, (await Assert.ThrowsAsync<EngineException>(() => _host.Service.StartAsync(polite))).Kind);
    }

    private async Task<int> WaitUntilStoppedAsync(string id)
    {
        while (true)
        {
            int code = await _host.Service.WaitAsync(id, WaitCondition.NextExit, CancellationToken.None);
            if (!_host.State(id).Running)
            {
                return code;
            }
        }
    }
}
