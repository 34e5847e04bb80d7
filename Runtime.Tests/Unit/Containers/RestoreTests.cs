using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Execution;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class RestoreTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Containers_survive_a_restart_with_all_they_are()
    {
        string id = await _host.StartAsync(
            "web",
            config => (config.Labels, config.ExposedPorts) = (new() { ["when"] = "2020-01-01T00:00:00Z" }, new() { ["80/tcp"] = new() }),
            host => (host.Binds, host.RestartPolicy, host.PidsLimit) = (["named:/a"], new() { Name = "no" }, 7));
        await _host.EndAsync(id, 3);
        ContainerRecord before = _host.Service.Get(id).Record;
        string inspected = Newtonsoft.Json.JsonConvert.SerializeObject(_host.Service.Inspect(id, withSize: true));
        await _host.RestartAsync();
        ContainerRecord after = _host.Service.Get("web").Record;
        Assert.Equal(before.State, after.State);
        Assert.Equal(before.Created, after.Created);
        Assert.Equal(before.Mounts, after.Mounts);
        Assert.Equal("2020-01-01T00:00:00Z", after.Config.Labels!["when"]);
        Assert.Equal(7, after.HostConfig.PidsLimit);
        Assert.Equal(inspected, Newtonsoft.Json.JsonConvert.SerializeObject(_host.Service.Inspect(id, withSize: true)));
        Assert.Equal([id], _host.Volumes.Users("named"));
        Assert.Contains(id, _host.Layers.Swept!);
        Assert.True(_host.Networks.Swept);
        await _host.Service.StartAsync("web");
    }

    [Fact]
    public async Task What_ran_under_a_killed_daemon_is_ended_and_says_137()
    {
        string id = await _host.StartAsync("web");
        FakeCgroups.FakeCgroup cgroup = _host.Cgroups.Existing.Values.Single();
        cgroup.Members.Add(4_000_000);
        cgroup.OutOfMemoryKills = 1;
        await _host.RestartAsync();
        ContainerState state = _host.State(id);
        Assert.Equal((ContainerStatus.Exited, 137, 0, true), (state.Status, state.ExitCode, state.Pid, state.OOMKilled));
        Assert.True(cgroup.Killed);
        Assert.Empty(_host.Cgroups.Existing);
        Assert.Empty(Directory.GetFiles(Path.Combine(_host.ExecRoot, "containers")));
        await _host.Service.StartAsync("web");
    }

    [Fact]
    public async Task After_a_reboot_the_exit_code_is_unknown()
    {
        string id = await _host.StartAsync();
        _host.Cgroups.Existing.Clear();
        foreach (string file in Directory.GetFiles(Path.Combine(_host.ExecRoot, "containers")))
        {
            File.Delete(file);
        }

        await _host.RestartAsync();
        Assert.Equal((ContainerStatus.Exited, 255), (_host.State(id).Status, _host.State(id).ExitCode));
    }

    [Fact]
    public async Task Half_made_and_half_removed_containers_are_swept_and_damaged_ones_set_aside()
    {
        string good = await _host.CreateAsync("good");
        string bad = await _host.CreateAsync("bad");
        string empty = await _host.CreateAsync("empty");
        File.WriteAllText(Path.Combine(_host.DirectoryOf(bad), "config.json"), "{\"Id\": \"" + bad + "\", ");
        File.WriteAllText(Path.Combine(_host.DirectoryOf(empty), "config.json"), "");
        Directory.CreateDirectory(Path.Combine(_host.DataRoot, "containers", ".new-abc"));
        Directory.CreateDirectory(Path.Combine(_host.DataRoot, "containers", ".removed-def"));

        await _host.RestartAsync();
        Assert.Equal([good], _host.Service.All.Select(container => container.Id));
        string[] left = [.. Directory.GetDirectories(Path.Combine(_host.DataRoot, "containers")).Select(path => Path.GetFileName(path)!)];
        Assert.Equal(3, left.Length);
        Assert.Contains(left, name => name.StartsWith($".damaged-{bad}-", StringComparison.Ordinal));
        Assert.Contains(bad, _host.Layers.Swept!); // its data may still be wanted
        await _host.RestartAsync();
        Assert.Contains(bad, _host.Layers.Swept!);
    }

    [Fact]
    public async Task Auto_removed_container_that_ran_is_removed()
    {
        string ran = await _host.StartAsync(host: host => host.AutoRemove = true);
        string waiting = await _host.CreateAsync(host: host => host.AutoRemove = true);
        await _host.RestartAsync();
        Assert.Equal([waiting], _host.Service.All.Select(container => container.Id));
        Assert.DoesNotContain(ran, _host.Layers.Existing);
    }

    [Theory]
    [InlineData("always", false, true)]
    [InlineData("always", true, true)]
    [InlineData("unless-stopped", false, true)]
    [InlineData("unless-stopped", true, false)]
    [InlineData("on-failure", false, true)]
    [InlineData("no", false, false)]
    public async Task Policy_decides_what_starts_with_the_daemon(string policy, bool stopped, bool starts)
    {
        string id = await _host.StartAsync(host: host => host.RestartPolicy = new() { Name = policy });
        await _host.CreateAsync(host: host => host.RestartPolicy = new() { Name = policy }); // never started: stays so
        if (stopped)
        {
            await _host.Service.StopAsync(id, null, 20).WaitAsync(ContainerHost.Patience);
        }

        await _host.RestartAsync();
        await _host.Service.StartByPolicyAsync(CancellationToken.None);
        Assert.Equal(starts ? ContainerStatus.Running : ContainerStatus.Exited, _host.State(id).Status);
        Assert.Equal(starts ? 1 : 0, _host.Service.All.Count(container => container.State.Running));
    }

    [Fact]
    public async Task Pid_of_another_process_is_left_alone()
    {
        string id = await _host.StartAsync();
        _host.Cgroups.Existing.Clear();

        // This process has the noted pid, but not the noted start time.
        File.WriteAllText(Path.Combine(_host.ExecRoot, "containers", id + ".json"), $"{{\"Pid\": {Environment.ProcessId}, \"StartTicks\": 1}}");
        await _host.RestartAsync();
        Assert.Equal(255, _host.State(id).ExitCode);
        Assert.NotEqual(new ProcessIdentity(Environment.ProcessId, 1), ProcessStat.Identify(Environment.ProcessId));
    }
}
