using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Cgroups;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Runtimes;

/// <summary>Containers by other OCI runtimes, as Debian packages them: what a container is and does is to be the same as by our own.</summary>
[Collection(HierarchiesCollection.Name)]
public sealed class RuntimeTests(RuntimeFixture fixture, ITestOutputHelper output) : IClassFixture<RuntimeFixture>, IAsyncLifetime
{
    public static TheoryData<string> Runtimes => [.. RuntimeFixture.Known.Where(name => Prerequisites.Which(name) is not null)];

    private Clients Clients => fixture.Clients;

    private TestHost Host => fixture.Host;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        IReadOnlyList<string> left = (await DockerAsync("ps", "-aq")).Exits(0).Lines;
        if (left.Count > 0)
        {
            (await DockerAsync(["rm", "-f", .. left])).Exits(0);
        }

        await Eventually.HoldsAsync("no process and no bundle is left", () => Host.ContainerProcesses().Count == 0 && fixture.Bundles().Count == 0, () => string.Join(' ', fixture.Bundles()));
        output.WriteLine(fixture.Daemon.Log);
    }

    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Command_runs_and_its_end_is_told(string runtime)
    {
        CommandResult result = await RunAsync(runtime, [], "sh", "-c", "echo out; echo err >&2; exit 3");

        Assert.Equal(("out\n", "err\n", 3), (result.Stdout, result.Stderr, result.ExitCode));
        Assert.Equal("x\n", (await Clients.RunWithInputAsync(Cli.Docker, "x\n", "run", "--rm", "-i", "--runtime", runtime, "busybox", "cat")).Exits(0).Stdout);
    }

    /// <summary>Our default held against theirs: the same script sees the same in both.</summary>
    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Container_looks_as_one_of_ours(string runtime)
    {
        const string Look = """
            grep -E '^(Cap...|Seccomp|NoNewPrivs|Groups|Uid|Gid|SigBlk|SigIgn|Umask):' /proc/self/status | tr '\t ' '  '
            for f in /proc/kcore /proc/keys /proc/timer_list; do [ -e $f ] && head -c 1 $f | wc -c; done
            for d in /proc/sys /proc/irq /sys; do (echo x >$d/x) 2>/dev/null && echo $d; done
            hostname; env | sort; pwd; id
            ls /proc/self/fd | sort | head -n 3
            cat /etc/resolv.conf; df -k /dev/shm | tail -n 1 | awk '{print $2}'
            for n in null zero full random urandom tty; do stat -c '%n %a %t:%T' /dev/$n; done
            ip -4 -o addr show eth0 | awk '{print $4}' | sed 's/.*\///'
            ip route | sed 's/[0-9.]*\.\([0-9]*\)/\1/g' | awk '{print $1,$2}' | head -n 1
            unshare -U true 2>&1; mount -t tmpfs none /mnt 2>&1; cat /proc/sys/net/ipv4/ip_unprivileged_port_start
            (mknod /tmp/mem c 1 1 && head -c 1 /tmp/mem) 2>&1
            ulimit -n; cat /proc/self/oom_score_adj; echo $(cat /proc/self/cgroup | sed 's/.*://' | sort -u)
            """;
        foreach (string[] options in (string[][])[
            [], ["--privileged"], ["-u", "1000:2000", "--group-add", "55"], ["--cap-add", "NET_ADMIN", "--cap-drop", "CHOWN"], ["--read-only", "--tmpfs", "/scratch:size=1m"],
            ["--security-opt", "no-new-privileges", "--ulimit", "nofile=99:99", "--oom-score-adj", "500"], ["-w", "/made/here", "-e", "A=b", "--sysctl", "net.ipv4.ip_default_ttl=77"]])
        {
            string[] all = ["-h", "box", .. options];

            CommandResult ours = await RunAsync("rtd", all, "sh", "-c", Look), theirs = await RunAsync(runtime, all, "sh", "-c", Look);

            Assert.Equal((ours.Stdout, ""), (theirs.Stdout, theirs.Stderr));
        }
    }

    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Running_container_takes_execs_signals_limits_and_pauses(string runtime)
    {
        string id = (await DockerAsync("run", "-d", "--runtime", runtime, "-m", "64m", "-v", "kept:/v", "busybox", "sh", "-c", "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done")).Exits(0).Line;
        await Eventually.HoldsAsync("it is up", async () => (await DockerAsync("logs", id)).Stdout == "up\n");

        Assert.Equal("same\n", (await DockerAsync("exec", id, "sh", "-c", "for n in net mnt uts ipc pid; do [ \"$(readlink /proc/1/ns/$n)\" = \"$(readlink /proc/self/ns/$n)\" ] || echo other $n; done; echo x >/v/file; echo same")).Exits(0).Stdout);
        Assert.Equal(runtime, (await DockerAsync("inspect", "-f", "{{.HostConfig.Runtime}}", id)).Exits(0).Line);
        (await DockerAsync("pause", id)).Exits(0);
        (await DockerAsync("unpause", id)).Exits(0);
        (await DockerAsync("update", "-m", "32m", "--memory-swap", "32m", id)).Exits(0);
        Assert.Contains("32MiB", (await DockerAsync("stats", "--no-stream", "--format", "{{.MemUsage}}", id)).Exits(0).Stdout, StringComparison.Ordinal);
        (await DockerAsync("stop", id)).Exits(0);
        Assert.Equal("5", (await DockerAsync("inspect", "-f", "{{.State.ExitCode}}", id)).Exits(0).Line);
        (await DockerAsync("start", id)).Exits(0);
        (await DockerAsync("rm", "-f", id)).Exits(0);
        (await DockerAsync("volume", "rm", "kept")).Exits(0);
    }

    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Out_of_memory_is_told(string runtime)
    {
        (await DockerAsync("run", "--name", "hog", "--runtime", runtime, "-m", "32m", "--memory-swap", "32m", "busybox", "tail", "/dev/zero")).Exits(137);

        Assert.Equal("true", (await DockerAsync("inspect", "-f", "{{.State.OOMKilled}}", "hog")).Exits(0).Line);
    }

    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Terminal_is_one(string runtime)
    {
        using Terminal terminal = Clients.OpenTerminal(Cli.Docker, "run", "--rm", "-it", "--runtime", runtime, "busybox", "sh", "-c", "tty; read x; echo got $x");
        await terminal.ShowsAsync("/dev/pts/0");
        terminal.Type("word\r");
        await terminal.ShowsAsync("got word");

        Assert.Equal(0, await terminal.ExitAsync());
    }

    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Failures_have_Dockers_exit_codes(string runtime)
    {
        (await RunAsync(runtime, [], "no-such-command")).Exits(127).Says("failed to create");
        (await RunAsync(runtime, [], "/etc/passwd")).Exits(126).Says("permission denied");
        (await RunAsync(runtime, ["-u", "nobody-here"], "true")).Exits(125).Says("unable to find user");
        (await RunAsync(runtime, ["--init"], "true")).Exits(125).Says("--init is not available with the runtime");
        Assert.Empty((await DockerAsync("ps", "-q")).Exits(0).Lines);
    }

    [RuntimeTheory]
    [MemberData(nameof(Runtimes))]
    public async Task Crash_of_the_daemon_leaves_nothing(string runtime)
    {
        string id = (await DockerAsync("run", "-d", "--runtime", runtime, "busybox", "sleep", "1000")).Exits(0).Line;

        await fixture.Daemon.KillAsync();
        await fixture.StartAsync();

        Assert.Equal("exited 137", (await DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", id)).Exits(0).Line);
        (await DockerAsync("start", id)).Exits(0);
    }

    [RuntimeFact]
    public async Task Info_lists_them_and_unknown_ones_are_refused()
    {
        JToken info = await fixture.Api.GetJsonAsync("/info");

        Assert.Equal([.. RuntimeFixture.Installed.Append("rtd").Order()], ((JObject)info["Runtimes"]!).Properties().Select(runtime => runtime.Name).Order());
        Assert.Equal("rtd", (string?)info["DefaultRuntime"]);
        (await RunAsync("nonsense", [], "true")).Exits(125).Says("unknown or invalid runtime name: nonsense");
    }

    private Task<CommandResult> DockerAsync(params string[] arguments) => Clients.RunAsync(Cli.Docker, arguments);

    private Task<CommandResult> RunAsync(string runtime, string[] options, params string[] command) =>
        DockerAsync(["run", "--rm", "--runtime", runtime, .. options, "busybox", .. command]);
}
