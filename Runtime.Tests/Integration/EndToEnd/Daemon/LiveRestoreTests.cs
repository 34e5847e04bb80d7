using System.Globalization;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>Live restore: containers run on without the daemon, and the next one goes on with them as if nothing had been.</summary>
public sealed class LiveRestoreTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    /// <summary>Writes numbered lines to both streams, some of them in parts.</summary>
    private const string Counter = "i=0; while :; do i=$((i+1)); echo out $i; echo err $i >&2; printf 'part '; echo $i; [ $((i%20)) = 0 ] && sleep 0.01; done";

    [RootFact]
    public async Task Everything_goes_on_after_a_kill()
    {
        await SwitchOnAsync();
        (await DockerAsync("network", "create", "lan")).Exits(0);
        await StartAsync(Counter, "--name", "writer", "--restart", "always");
        await StartAsync("read line; echo got $line; exit 3", "--name", "reader", "-i");
        await StartAsync("echo hello > /tmp/index.html; httpd -f -p 80 -h /tmp", "--name", "web", "--network", "lan", "-p", "8080:80", "-p", "127.0.0.1:8081:80");
        await StartAsync("sleep 1000", "--name", "client", "--network", "lan");
        await StartAsync("sleep 1000", "--name", "paused");
        (await DockerAsync("pause", "paused")).Exits(0);
        await StartAsync("while [ ! -e /now ]; do sleep 0.01; done; exit 42", "--name", "ends");
        await StartAsync("sleep 1000", "--name", "healthy", "--health-cmd", "true", "--health-interval", "100ms");
        string pid = await InspectAsync("writer", "{{.State.Pid}}");
        string address = await InspectAsync("web", "{{.NetworkSettings.Networks.lan.IPAddress}}");

        await Daemon.KillAndFollowAsync();

        Assert.Equal(pid, await InspectAsync("writer", "{{.State.Pid}}"));
        Assert.Equal("paused", await InspectAsync("paused", "{{.State.Status}}"));
        (await DockerAsync("unpause", "paused")).Exits(0);
        Assert.Equal("works\n", (await DockerAsync("exec", "writer", "echo", "works")).Exits(0).Stdout);
        Assert.Equal(address, await InspectAsync("web", "{{.NetworkSettings.Networks.lan.IPAddress}}"));
        Assert.Equal("hello\n", (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:8081/")).Stdout);
        Assert.Equal("hello\n", (await Host.RunAtNeighbourAsync("busybox", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).Stdout);
        Assert.Equal("hello\n", (await DockerAsync("exec", "client", "wget", "-qO-", "http://web/")).Exits(0).Stdout);
        await Eventually.HoldsAsync("health", async () => await InspectAsync("healthy", "{{.State.Health.Status}}") == "healthy");

        Task<CommandResult> wait = DockerAsync("wait", "ends");
        (await DockerAsync("exec", "ends", "touch", "/now")).Exits(0);
        Assert.Equal("42", (await wait).Exits(0).Line);

        // An attach ends with its input, as Docker's does: whether it still shows the answer is chance.
        await Clients.RunWithInputAsync(Cli.Docker, "it\n", "attach", "reader");
        await Eventually.HoldsAsync("the reader's end", async () => await InspectAsync("reader", "{{.State.Status}} {{.State.ExitCode}}") == "exited 3");
        Assert.Equal("got it\n", (await DockerAsync("logs", "reader")).Exits(0).Stdout);
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        Assert.Equal("exited", await InspectAsync("writer", "{{.State.Status}}"));
        await HasAllLinesAsync("writer");
        (await DockerAsync("start", "writer")).Exits(0);

        // A new one gets an address of its own, and the ports are free again when the old one is gone.
        Assert.NotEqual(address, (await DockerAsync("run", "--rm", "--network", "lan", "busybox", "hostname", "-i")).Exits(0).Line);
        (await DockerAsync("rm", "-f", "web")).Exits(0);
        (await DockerAsync("run", "--rm", "-p", "8080:80", "-p", "127.0.0.1:8081:80", "busybox", "true")).Exits(0);
        await SwitchOffAsync();
    }

    [RootFact]
    public async Task Containers_run_on_while_the_daemon_is_stopped()
    {
        await SwitchOnAsync();
        await StartAsync(Counter, "--name", "writer");
        await StartAsync("echo hello > /tmp/index.html; httpd -f -p 80 -h /tmp", "--name", "web", "-p", "8080:80");
        string ends = await StartAsync("while [ ! -e /v/now ]; do sleep 0.01; done; exit 42", "--name", "ends", "-v", $"{Host.Root}/shared:/v");
        string endsPid = await InspectAsync("ends", "{{.State.Pid}}");
        string removed = await StartAsync("while [ ! -e /v/now ]; do sleep 0.01; done", "--name", "removed", "--rm", "-v", $"{Host.Root}/shared:/v");
        await StartAsync("echo run; while [ ! -e /v/now ]; do sleep 0.01; done; sleep 1000", "--name", "again", "--restart", "on-failure", "-v", $"{Host.Root}/shared:/v");

        Assert.Equal(0, await Daemon.StopAsync());

        // More than a pipe holds, with nobody to read it: the supervisor takes it.
        string spool = Path.Combine(Daemon.DataRoot, "containers");
        await Eventually.HoldsAsync("the writer goes on", () => Directory.EnumerateFiles(spool, "spool.stdout", SearchOption.AllDirectories).Any(file => new FileInfo(file).Length > 200_000));
        Assert.Equal("hello\n", (await Host.RunAtNeighbourAsync("busybox", "wget", "-qO-", $"http://{TestHost.Address}:8080/")).Stdout);
        Assert.Equal("hello\n", (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:8080/")).Stdout);
        DateTimeOffset before = DateTimeOffset.UtcNow;
        await File.WriteAllTextAsync(Path.Combine(Host.Root, "shared", "now"), "");
        await Eventually.HoldsAsync("two have ended", () => !Host.ContainerProcesses().Any(pid => IsOf(pid, ends) || IsOf(pid, removed)));

        // An end is noted when it is reaped: a moment after the process has left its cgroup, and before the next request through the supervisor is served.
        await Eventually.HoldsAsync("it is reaped", () => !Directory.Exists($"/proc/{endsPid}"));
        Assert.Equal("hello\n", (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:8080/")).Stdout);
        DateTimeOffset after = DateTimeOffset.UtcNow;
        await Daemon.StartAsync();

        Assert.Equal("exited 42", await InspectAsync("ends", "{{.State.Status}} {{.State.ExitCode}}"));
        DateTimeOffset finished = DateTimeOffset.Parse(await InspectAsync("ends", "{{.State.FinishedAt}}"), CultureInfo.InvariantCulture);
        Assert.InRange(finished, before, after);
        await Eventually.HoldsAsync("the one of --rm is gone", async () => (await DockerAsync("ps", "-aq", "--filter", "name=removed")).Stdout.Length == 0);
        Assert.Equal("running", await InspectAsync("again", "{{.State.Status}}"));
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        await HasAllLinesAsync("writer");
        Assert.Empty(Directory.EnumerateFiles(spool, "spool.*", SearchOption.AllDirectories));
        await SwitchOffAsync();
    }

    [RootFact]
    public async Task No_line_is_lost_or_doubled_over_kills()
    {
        await SwitchOnAsync();
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] writers = ["fast", "slow", "small", "packed"];
        await StartAsync("i=0; while :; do i=$((i+1)); echo out $i; echo err $i >&2; done", "--name", "fast", "--log-opt", "max-size=100m");
        await StartAsync(Counter, "--name", "slow", "--log-opt", "max-size=100m");
        await StartAsync(Counter, "--name", "small", "--log-opt", "max-size=1m", "--log-opt", "max-file=200");
        await StartAsync(Counter, "--name", "packed", "--log-opt", "max-size=1m", "--log-opt", "max-file=200", "--log-opt", "compress=true");
        for (int kill = 0; kill < Amount.Kills(usual: 6); kill++)
        {
            // Within the first second as well as later.
            await Task.Delay(random.Next(700));
            await Daemon.KillAndFollowAsync();
        }

        foreach (string writer in writers)
        {
            (await DockerAsync("stop", "-t", "0", writer)).Exits(0);
            await HasAllLinesAsync(writer);
        }

        await SwitchOffAsync();
    }

    [RootFact]
    public async Task Terminal_stays_open()
    {
        await SwitchOnAsync();
        await StartAsync("while read line; do echo got $line; done", "--name", "shell", "-it");
        await Daemon.KillAndFollowAsync();

        using (Terminal terminal = Clients.OpenTerminal(Cli.Docker, "attach", "shell"))
        {
            terminal.Type("one\n");
            await terminal.ShowsAsync("got one");
        }

        (await DockerAsync("exec", "shell", "sh", "-c", "stty size < /proc/1/fd/0")).Exits(0);
        Assert.Equal("true", await InspectAsync("shell", "{{.State.Running}}"));
        await SwitchOffAsync();
    }

    [RootFact]
    public async Task Another_supervisor_takes_over()
    {
        await SwitchOnAsync();
        await StartAsync(Counter, "--name", "writer");
        await StartAsync("while [ ! -e /now ]; do sleep 0.01; done; exit 42", "--name", "ends");
        int first = Supervisor();
        _ = Libc.kill(first, Libc.SIGKILL);
        await Eventually.HoldsAsync("another supervisor", () => Supervisor() is not 0 and int second && second != first);

        (await DockerAsync("exec", "ends", "touch", "/now")).Exits(0);
        await Eventually.HoldsAsync("an end that is seen", async () => await InspectAsync("ends", "{{.State.Status}}") == "exited");
        Assert.Equal(KernelTellsExits ? "42" : "255", await InspectAsync("ends", "{{.State.ExitCode}}"));
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);

        await Daemon.KillAndFollowAsync();
        Assert.Equal("running", await InspectAsync("writer", "{{.State.Status}}"));
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        await HasAllLinesAsync("writer");
        await SwitchOffAsync();
    }

    [RootFact]
    public async Task Stopped_supervisor_is_woken()
    {
        await SwitchOnAsync();
        await StartAsync("sleep 1000", "--name", "before");
        _ = Libc.kill(Supervisor(), 19 /* SIGSTOP */);
        (await DockerAsync("ps")).Exits(0);
        (await DockerAsync("run", "--rm", "busybox", "true")).Exits(0);
        _ = Libc.kill(Supervisor(), 19);
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal("running", await InspectAsync("before", "{{.State.Status}}"));
        await SwitchOffAsync();
    }

    [RootFact]
    public async Task Switched_off_it_ends_what_was_left()
    {
        await SwitchOnAsync();
        await StartAsync("sleep 1000", "--name", "left");
        Assert.Equal(0, await Daemon.StopAsync());
        Assert.NotEmpty(Host.ContainerProcesses());
        await SwitchOffAsync();
        Assert.Equal("exited 137", await InspectAsync("left", "{{.State.Status}} {{.State.ExitCode}}"));
        Assert.Empty(Host.ContainerProcesses());
        Assert.Equal(0, Supervisor());
    }

    private static bool KernelTellsExits => Environment.OSVersion.Version >= new Version(6, 15);

    private static string Comm(int pid) => File.Exists($"/proc/{pid}/comm") ? File.ReadAllText($"/proc/{pid}/comm").Trim() : "";

    private static bool IsOf(int pid, string container) =>
        File.Exists($"/proc/{pid}/cgroup") && File.ReadAllText($"/proc/{pid}/cgroup").Contains(container, StringComparison.Ordinal);

    /// <summary>Its pid; 0 when there is none.</summary>
    private int Supervisor() => Host.Processes().FirstOrDefault(pid => Comm(pid) == "rtd-supervisor");

    private async Task SwitchOnAsync()
    {
        Directory.CreateDirectory(Path.Combine(Host.Root, "shared"));
        File.Delete(Path.Combine(Host.Root, "shared", "now"));
        await Daemon.StopAsync();
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{\"live-restore\":true}");
        await Daemon.StartAsync();
        Assert.Equal("true", (await DockerAsync("info", "--format", "{{.LiveRestoreEnabled}}")).Exits(0).Line);
    }

    private async Task SwitchOffAsync()
    {
        if (Daemon.IsRunning)
        {
            await Daemon.StopAsync();
        }

        await File.WriteAllTextAsync(Daemon.ConfigFile, "{}");
        await Daemon.StartAsync();
        await Fixture.RebaseAsync();
    }

    /// <summary>Every number from the first that is there, once, in order.</summary>
    private async Task HasAllLinesAsync(string container)
    {
        CommandResult logs = (await DockerAsync("logs", container)).Exits(0);
        foreach ((string prefix, IEnumerable<string> lines) in new[] { ("out ", logs.Lines), ("part ", logs.Lines), ("err ", (IEnumerable<string>)logs.Stderr.Split('\n')) })
        {
            long expected = 0;
            foreach (string line in lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal)))
            {
                long number = long.Parse(line.AsSpan(prefix.Length), CultureInfo.InvariantCulture);
                Assert.True(expected == 0 || number == expected, $"{container}: {prefix}{expected} expected, {prefix}{number} found");
                expected = number + 1;
            }
        }

        Assert.All(logs.Lines.SkipLast(1), line => Assert.Matches("^(out|part) [0-9]+$", line));
    }
}
