using Rtd.Protocol.Sync;
using Rtd.Tests.Integration.Cgroups;
using Rtd.Tests.Integration.Hosting;
using Rtd.Tests.Integration.Security.Escapes;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>Execs by shims that were there before are like all others, and nothing that they see in the container is more than they are.</summary>
public sealed class PreparedExecTests(ITestOutputHelper output) : PreparedTest(output)
{
    private protected override string Role => InitRoles.PreparedExec;

    [V1Fact]
    public async Task Exec_by_one_looks_as_any_other()
    {
        const string Look = """
            grep -E '^(Cap...|Seccomp|NoNewPrivs|Groups|Uid|Gid|SigBlk|SigIgn|SigCgt|Umask|Threads):' /proc/self/status
            awk '/^NSpid/ { a = $NF } /^NSpgid/ { b = $NF } /^NSsid/ { c = $NF } /^PPid/ { p = $2 } END { print (a == b && b == c), p }' /proc/$$/status
            for n in 0 1 2; do readlink /proc/self/fd/$n | sed 's/\[.*//'; stat -Lc '%u %g %a' /proc/self/fd/$n; done; ls /proc/self/fd | wc -l; env | grep -v HOSTNAME | sort; pwd; id
            readlink /proc/$$/exe; cat /proc/$$/oom_score_adj; sed 's/.*://' /proc/self/cgroup | sort -u; for n in cgroup ipc mnt net pid uts; do [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] && echo $n; done
            ulimit -a; cat
            """;
        string[][] containers = [[], ["--privileged"], ["--init", "-w", "/tmp"], ["-u", "1000:2000", "--read-only", "--group-add", "7"], ["--security-opt", "no-new-privileges"], ["--security-opt", "seccomp=unconfined"], ["--ulimit", "nofile=200:300", "--oom-score-adj", "300"]];
        string[][] execs = [["-i"], ["-i", "-u", "3:4", "-w", "/etc", "-e", "A=b"], ["-i", "--privileged"]];
        await WithoutAsync(async plain =>
        {
            foreach (string[] options in containers)
            {
                string[] start = ["run", "-d", "-h", "box", .. options, "busybox", "sleep", "1000"];
                string there = (await plain.RunAsync(Cli.Docker, start)).Exits(0).Line, here = await StartAsync(options);
                foreach (string[] exec in execs)
                {
                    CommandResult expected = await plain.RunWithInputAsync(Cli.Docker, "in\n", ["exec", .. exec, there, "sh", "-c", Look]);
                    CommandResult result = await ExecAsync("in\n", [.. exec, here, "sh", "-c", Look]);

                    Assert.Equal([.. expected.Exits(0).Lines, .. expected.Stderr.Split('\n')], [.. result.Lines, .. result.Stderr.Split('\n')]);
                }

                (await plain.RunAsync(Cli.Docker, "rm", "-f", there)).Exits(0);
            }
        });
    }

    [V1Fact]
    public async Task It_fails_as_any_other()
    {
        await WithoutAsync(async plain =>
        {
            string there = (await plain.RunAsync(Cli.Docker, "run", "-d", "busybox", "sleep", "1000")).Exits(0).Line, here = await StartAsync();
            foreach (string[] exec in (string[][])[["missing"], ["/etc"], ["/etc/passwd"], ["sh", "-c", "exit 7"], ["sh", "-c", "kill -9 $$"], ["-u", "nobody-there", "true"], ["-w", "/no/where", "true"], ["-w", "/proc/self/fd", "true"]])
            {
                string[] of(string id) => exec[0].StartsWith('-') ? [exec[0], exec[1], id, .. exec[2..]] : [id, .. exec];
                CommandResult expected = await plain.RunAsync(Cli.Docker, ["exec", .. of(there)]);
                CommandResult result = await ExecAsync("", of(here));

                Assert.Equal((expected.ExitCode, expected.Stdout, expected.Stderr), (result.ExitCode, result.Stdout, result.Stderr));
            }
        });
    }

    /// <summary>A shim is used up by each exec; its command is the daemon's child in all of the container's cgroups.</summary>
    [V1Fact]
    public async Task One_is_used_for_each_and_ends_with_it()
    {
        string id = await StartAsync();
        await ExecAsync("", id, "true");
        IReadOnlyList<int> before = await ReadyAsync();
        await ExecAsync("", "-d", id, "sleep", "1234");

        int first = await PidAsync(id);
        int pid = 0;
        await Eventually.HoldsAsync("the command runs", () => (pid = ChildOf(Daemon.Pid, "sleep\01234\0")) != 0);
        string[] without = [.. File.ReadAllLines($"/proc/{first}/cgroup")];
        Assert.Equal(without, File.ReadAllLines($"/proc/{pid}/cgroup"));
        await Eventually.HoldsAsync("a shim has ended and another one is there", () => before.Count(IsPrepared) == Size - 1 && Prepared().Count == Size);
        Assert.Equal(["CMD", "sleep 1000", "sleep 1234"], (await Clients.RunAsync(Cli.Docker, "top", id)).Exits(0).Lines.Select(line => line[line.LastIndexOfAny(['C', 's'])..]));
    }

    [V1Fact]
    public async Task Its_terminal_is_one()
    {
        string id = await StartAsync();
        await ExecAsync("", id, "true");
        await ReadyAsync();
        using Terminal terminal = Clients.OpenTerminal(Cli.Docker, "exec", "-it", id, "sh", "-c", "trap 'echo broken' INT; tty; stty -a | head -1; read x; echo got $x; sleep 1000 & jobs -p >/dev/null && kill %1; exit 5");
        await terminal.ShowsAsync("/dev/pts/0");
        terminal.Type("\u0003");
        await terminal.ShowsAsync("broken");
        terminal.Type("word\r");
        await terminal.ShowsAsync("got");

        Assert.Equal(5, await terminal.ExitAsync());
    }

    /// <summary>The user may have the command's process and not that of rtinit besides: it is started as if nothing were prepared.</summary>
    [V1Fact]
    public async Task No_room_for_two_is_room_for_one()
    {
        string id = await StartAsync("-u", "61234", "--ulimit", "nproc=2:2");

        for (int i = 0; i < 3; i++)
        {
            CommandResult result = await ExecAsync("", id, "echo", "fine");
            Assert.Equal("fine\n", result.Exits(0).Stdout);
        }
    }

    /// <summary>CVE-2016-9962: what a container sees of an exec can neither be traced nor has it fds that can be read, and it has no more rights than the container from the start.</summary>
    [V1Fact]
    public async Task Container_that_watches_finds_nothing()
    {
        string canary = Path.Combine(Host.Root, "canary");
        await File.WriteAllTextAsync(canary, "of the host");
        string program = await StaticProgram.EscapesAsync();
        string id = await StartCommandAsync(["-v", $"{program}:/escapes:ro"], "sh", "-c", $"/escapes spy {canary} & /escapes spy {canary} & wait; exit 0");
        await ExecAsync("", id, "true");
        string grabber = await StartCommandAsync(["--pid", $"container:{id}"], "sh", "-c", "while :; do cat /proc/[0-9]*/status 2>/dev/null | grep -E '^CapEff' | grep -v -E '00000000a80425fb|0000000000000000'; done");

        for (int i = 0; i < 40; i++)
        {
            (await ExecAsync("", id, "true")).Exits(0);
        }

        (await ExecAsync("", id, "mkdir", "/tmp/stop")).Exits(0);
        Assert.Equal("0", (await Clients.RunAsync(Cli.Docker, "wait", id)).Exits(0).Line);
        IReadOnlyList<string> findings = (await Clients.RunAsync(Cli.Docker, "logs", id)).Exits(0).Lines;
        Assert.Equal(2, findings.Count);
        Assert.All(findings, line => Assert.StartsWith("did see ", line, StringComparison.Ordinal));
        Assert.Empty((await Clients.RunAsync(Cli.Docker, "logs", grabber)).Exits(0).Lines);
    }

    /// <summary>Processes that are to outlive the daemon are not its children.</summary>
    [V1Fact]
    public async Task With_live_restore_none_is_used()
    {
        string id = await StartAsync();
        await ExecAsync("", id, "true");
        await ReadyAsync();

        await File.WriteAllTextAsync(Daemon.ConfigFile, """{ "live-restore": true }""");
        _ = Libc.kill(Daemon.Pid, Libc.SIGHUP);
        await Eventually.HoldsAsync("live restore is on", () => Daemon.Log.Contains("live-restore is on", StringComparison.Ordinal));
        (await Clients.RunAsync(Cli.Docker, "exec", "-d", id, "sleep", "4321")).Exits(0);

        await Eventually.HoldsAsync("the command runs", async () => (await Clients.RunAsync(Cli.Docker, "top", id)).Stdout.Contains("sleep 4321", StringComparison.Ordinal));
        Assert.Equal(0, ChildOf(Daemon.Pid, "sleep\04321\0"));
        await Eventually.HoldsAsync("none is prepared", () => Prepared().Count == 0);
    }

    /// <summary>By a shim that is there, unless none ever is.</summary>
    private async Task<CommandResult> ExecAsync(string input, params string[] arguments)
    {
        if (Prepared().Count == 0)
        {
            await Clients.RunAsync(Cli.Docker, "exec", arguments.First(word => word.Length == 64), "true");
        }

        await ReadyAsync();
        return await Clients.RunWithInputAsync(Cli.Docker, input, ["exec", .. arguments]);
    }

    private async Task<string> StartCommandAsync(string[] options, params string[] command) =>
        (await Clients.RunAsync(Cli.Docker, ["run", "-d", .. options, "busybox", .. command])).Exits(0).Line;

    /// <summary>0 when there is none.</summary>
    private static int ChildOf(int parent, string commandLine) => Processes().FirstOrDefault(pid => CommandLineOf(pid) == commandLine && ParentOf(pid) == parent);
}
