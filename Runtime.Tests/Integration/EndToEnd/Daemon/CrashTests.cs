using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>The daemon is killed while containers run, and started again: nothing hangs, what it tells is true, nothing is left.</summary>
public sealed class CrashTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task State_is_true_after_a_crash()
    {
        string running = await StartAsync("echo from before; sleep 1000", "--name", "running", "-p", "8080:80");
        string once = await StartAsync("sleep 1000", "--name", "once", "--rm");
        string paused = await StartAsync("sleep 1000", "--name", "paused");
        (await DockerAsync("pause", paused)).Exits(0);
        await DockerAsync("run", "--name", "ended", "busybox", "sh", "-c", "exit 42");
        (await DockerAsync("create", "--name", "fresh", "busybox", "echo", "ran")).Exits(0);
        await Eventually.HoldsAsync("its log", async () => (await DockerAsync("logs", running)).Stdout == "from before\n");

        await CrashAsync();

        await TellsTheTruthAsync();
        IReadOnlyList<string> names = (await DockerAsync("ps", "-a", "--format", "{{.Names}}")).Exits(0).Lines;
        Assert.Empty(new[] { "running", "paused", "ended", "fresh" }.Except(names));
        Assert.Equal("exited 42", await InspectAsync("ended", "{{.State.Status}} {{.State.ExitCode}}"));
        Assert.Equal("created", await InspectAsync("fresh", "{{.State.Status}}"));
        Assert.Equal("from before\n", (await DockerAsync("logs", "running")).Exits(0).Stdout);
        Assert.Equal("ran\n", (await DockerAsync("start", "-a", "fresh")).Exits(0).Stdout);

        (await DockerAsync("restart", "-t", "0", "running")).Exits(0);
        Assert.Equal("true", await InspectAsync("running", "{{.State.Running}}"));
        (await DockerAsync("exec", "running", "true")).Exits(0);
        (await DockerAsync("rm", "-f", "running", "paused", "ended", "fresh")).Exits(0);
        await DockerAsync("rm", "-f", once);
        (await DockerAsync("run", "--rm", "--name", "running", "-p", "8080:80", "busybox", "true")).Exits(0);
        await Fixture.RebaseAsync();
    }

    /// <summary>The removal of such a container need not be on disk when it is told: a power failure may bring the container back, without its layer and volume.</summary>
    [RootFact]
    public async Task Container_that_removes_itself_is_removed_again()
    {
        string id = await StartAsync("sleep 1000", "--rm", "-v", "/volume", "--name", "once");
        string directory = Path.Combine(Daemon.DataRoot, "containers", id), copy = Path.Combine(Host.Root, "copy");
        (await Command.RunAsync(["cp", "-a", directory, copy])).Exits(0);
        (await DockerAsync("stop", "-t", "0", id)).Exits(0);
        await Eventually.HoldsAsync("it is gone", () => !Directory.Exists(directory));
        await Daemon.KillAsync();
        Directory.Move(copy, directory);

        await Daemon.StartAsync();

        await Eventually.HoldsAsync("it is gone again", async () => (await DockerAsync("ps", "-aq")).Exits(0).Stdout.Length == 0 && !Directory.Exists(directory));
        Assert.Equal("", (await DockerAsync("volume", "ls", "-q")).Exits(0).Stdout);
        (await DockerAsync("run", "--rm", "--name", "once", "busybox", "true")).Exits(0);
        await Fixture.RebaseAsync();
    }

    [RootFact]
    public async Task Crash_in_the_middle_of_many_starts()
    {
        Task[] starts = [.. Enumerable.Range(0, 12).Select(number => DockerAsync("run", "-d", "--name", $"started-{number}", "busybox", "sleep", "1000"))];
        await Eventually.HoldsAsync("some of them run", () => Host.ContainerProcesses().Count >= 3);

        await CrashAsync();
        await Task.WhenAll(starts);

        await TellsTheTruthAsync();
        for (int number = 0; number < 12; number++)
        {
            await DockerAsync("rm", "-f", $"started-{number}");
            (await DockerAsync("create", "--name", $"started-{number}", "busybox")).Exits(0);
        }

        await Fixture.RebaseAsync();
    }

    /// <summary>Who shares a namespace can only be started after its owner.</summary>
    [RootTheory]
    [InlineData("--network")]
    [InlineData("--pid")]
    [InlineData("--ipc")]
    public async Task Containers_that_share_a_namespace_come_back_in_order(string option)
    {
        await StartAsync("sleep 1000", "--name", "owner", "--restart", "always", "--ipc", "shareable");
        await StartAsync("sleep 1000", "--name", "middle", "--restart", "always", option, "container:owner");
        await StartAsync("sleep 1000", "--name", "last", "--restart", "always", option == "--network" ? "--pid" : "--network", "container:middle");

        await CrashAsync();

        await Eventually.HoldsAsync(
            "all run again",
            async () => (await DockerAsync("ps", "--format", "{{.Names}}")).Exits(0).Lines.Order(StringComparer.Ordinal).SequenceEqual(["last", "middle", "owner"]));
        (await DockerAsync("rm", "-f", "last", "middle", "owner")).Exits(0);
        await Fixture.RebaseAsync();
    }

    /// <summary>A start makes the cgroup side by side with writing down that the container starts; a crash may come between.</summary>
    [RootFact]
    public async Task Cgroup_of_a_start_that_was_not_written_down()
    {
        string id = (await DockerAsync("create", "busybox")).Exits(0).Line;
        string[] directories = [.. Host.CgroupDirectories.Select(directory => Path.Combine(directory, "containers", id))];
        Assert.All(directories, directory => Directory.CreateDirectory(directory));

        await CrashAsync();

        Assert.DoesNotContain(directories, Directory.Exists);
        Assert.Equal("created", await InspectAsync(id, "{{.State.Status}}"));
        (await DockerAsync("start", id)).Exits(0);
        await Fixture.RebaseAsync();
    }

    private async Task CrashAsync()
    {
        await Daemon.KillAsync();
        await Daemon.StartAsync();
    }

    /// <summary>What is said to run has a process, and what is not has none.</summary>
    private async Task TellsTheTruthAsync()
    {
        foreach (string id in (await DockerAsync("ps", "-aq", "--no-trunc")).Exits(0).Lines)
        {
            string[] state = (await InspectAsync(id, "{{.State.Running}} {{.State.Pid}}")).Split(' ');
            bool alive = Host.ContainerProcesses().Any(pid => File.ReadAllText($"/proc/{pid}/cgroup").Contains(id, StringComparison.Ordinal));
            Assert.Equal(state[0] == "true", alive);
            Assert.Equal(state[0] == "true", Directory.Exists($"/proc/{state[1]}"));
        }
    }
}
