using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;
using V1FactAttribute = Rtd.Tests.Integration.Cgroups.V1FactAttribute;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>Live restore with a supervisor that does not answer, or is gone along with the daemon.</summary>
public sealed class SupervisorFaultTests(ITestOutputHelper output) : FaultTest(output)
{
    private const int SIGSTOP = 19;

    /// <summary>Frozen, so that waking it by a signal is of no use.</summary>
    [V1Fact]
    public async Task Supervisor_stays_stopped()
    {
        await StartDaemonAsync(liveRestore: true);
        await StartAsync("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done", "--name", "writer");
        await StartAsync("while [ ! -e /now ]; do sleep 0.01; done; exit 42", "--name", "ends");
        int supervisor = Supervisor();
        string freezer = Path.Combine("/sys/fs/cgroup/freezer", Host.Name, "supervisor");
        Directory.CreateDirectory(freezer);
        await File.WriteAllTextAsync(Path.Combine(freezer, "cgroup.procs"), $"{supervisor}");
        await File.WriteAllTextAsync(Path.Combine(freezer, "freezer.state"), "FROZEN");

        (await DockerAsync("ps", "-a")).Exits(0);
        (await DockerAsync("inspect", "writer")).Exits(0);
        (await DockerAsync("run", "--name", "none", "busybox", "true")).Says("the supervisor does not answer");
        Assert.Contains("the supervisor does not answer", (await DockerAsync("exec", "writer", "true")).Stdout, StringComparison.Ordinal);
        (await DockerAsync("logs", "--tail", "1", "writer")).Exits(0);
        (await DockerAsync("info")).Exits(0);
        await File.WriteAllTextAsync($"/proc/{await PidAsync("ends")}/root/now", "");

        await File.WriteAllTextAsync(Path.Combine(freezer, "freezer.state"), "THAWED");
        await Eventually.HoldsAsync("the end is seen", async () => await StateAsync("ends") == "exited 42");
        (await DockerAsync("start", "-a", "none")).Exits(0);
        Assert.Equal(supervisor, Supervisor());
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal("running 0", await StateAsync("writer"));
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        HasAllNumbers((await DockerAsync("logs", "writer")).Exits(0).Stdout);
        Assert.Equal(["ends", "none", "writer"], await ContainersAsync());
    }

    [RootFact]
    public async Task Supervisor_and_daemon_are_killed_together()
    {
        await StartDaemonAsync(liveRestore: true);
        string runs = await StartAsync("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done", "--name", "runs");
        await StartAsync("sleep 1000", "--name", "always", "--restart", "always", "-p", "127.0.0.1:8080:80");
        await StartAsync("sleep 1000", "--name", "removed", "--rm");
        await StartAsync("exit 3", "--name", "ended");
        await Eventually.HoldsAsync("one has ended", async () => await StateAsync("ended") == "exited 3");
        await Eventually.HoldsAsync("there are lines", async () => (await DockerAsync("logs", "runs")).Exits(0).Lines.Count > 5);
        int supervisor = Supervisor();
        _ = Libc.kill(Daemon.Pid, SIGSTOP);
        _ = Libc.kill(supervisor, Libc.SIGKILL);
        await Daemon.KillAsync();

        await Daemon.StartAsync();

        Assert.NotEqual(supervisor, Supervisor());
        Assert.Matches("^exited (137|255)$", await StateAsync("runs"));
        Assert.Equal("exited 3", await StateAsync("ended"));
        await Eventually.HoldsAsync("the policy is followed", async () => await StateAsync("always") == "running 0");
        await Eventually.HoldsAsync("the one of --rm is gone", async () => !(await ContainersAsync()).Contains("removed"));
        Assert.DoesNotContain(Host.ContainerProcesses(), pid => Read($"/proc/{pid}/cgroup").Contains(runs, StringComparison.Ordinal));
        HasAllNumbers((await DockerAsync("logs", "runs")).Exits(0).Stdout);
        (await DockerAsync("start", "runs")).Exits(0);

        // The new pair is as good as the first one.
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal("running 0", await StateAsync("runs"));
        Assert.Equal("running 0", await StateAsync("always"));
    }
}
