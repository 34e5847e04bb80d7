using System.Globalization;
using Rtd.Protocol.Sync;
using Rtd.Tests.Integration.Cgroups;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>Containers out of sandboxes that were made ahead are like all others, and what was made ahead is never in anybody's way.</summary>
public sealed class PreparedSandboxTests(ITestOutputHelper output) : PreparedTest(output)
{
    private protected override string Role => InitRoles.Prepared;

    [V1Fact]
    public async Task Container_out_of_one_looks_as_any_other()
    {
        const string Look = """
            grep -E '^(Cap...|Seccomp|NoNewPrivs|Groups|Uid|Gid|SigBlk|SigIgn|Umask|Threads|NSpid|NSpgid|NSsid):' /proc/self/status
            cut -d ' ' -f 4- /proc/self/mountinfo | sed 's/[0-9a-f]\{64\}/ID/g;s/rtd-test.[0-9-]*/T/g;s/l\/[A-Z0-9]*/L/g' | grep -v ' overlay '
            for n in 0 1 2; do readlink /proc/self/fd/$n | sed 's/\[.*//'; done; ls /proc/self/fd | wc -l; hostname; dnsdomainname; env | grep -v HOSTNAME | sort; pwd; id
            readlink /proc/1/ns/* | sed 's/[0-9]//g'; cat /proc/self/cgroup | sed 's/.*://' | sort -u; ip -o link | wc -l; cat /proc/sys/kernel/hostname
            cat /proc/1/oom_score_adj; ulimit -a; cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shmmax; tty; cat
            """;
        await WithoutAsync(async plain =>
        {
            foreach (string[] options in (string[][])[[], ["-i"], ["--network", "none"], ["--network", "host"], ["--privileged"], ["--init"], ["-u", "1000:2000", "--read-only"]])
            {
                string[] command = ["run", "--rm", "-h", "box", .. options, "busybox", "sh", "-c", Look];
                CommandResult expected = await plain.RunWithInputAsync(Cli.Docker, "in\n", command);
                await Clients.RunWithInputAsync(Cli.Docker, "in\n", command);
                await ReadyAsync(options.Contains("host") ? NamespaceOf(Daemon.Pid, "net") : null);
                CommandResult result = await Clients.RunWithInputAsync(Cli.Docker, "in\n", command);

                Assert.Equal([.. expected.Exits(0).Lines, .. expected.Stderr.Split('\n')], [.. result.Lines, .. result.Stderr.Split('\n')]);
            }
        });
    }

    [V1Fact]
    public async Task It_is_used_and_another_one_takes_its_place()
    {
        await StartAsync();
        IReadOnlyList<int> prepared = await ReadyAsync();
        string id = await StartAsync();
        int pid = await PidAsync(id);

        Assert.Contains(pid, prepared);
        Assert.Equal(Size, (await ReadyAsync()).Count);
        Assert.Equal(["sleep", "1000"], (await File.ReadAllTextAsync($"/proc/{pid}/cmdline")).TrimEnd('\0').Split('\0'));
        string[] own = ["cgroup", "ipc", "mnt", "net", "pid", "uts"];
        Assert.DoesNotContain(own, name => NamespaceOf(pid, name) == NamespaceOf(Daemon.Pid, name));
        Assert.Equal("ok\n", (await Clients.RunAsync(Cli.Docker, "exec", id, "echo", "ok")).Exits(0).Stdout);
        (await Clients.RunAsync(Cli.Docker, "stop", "-t", "0", id)).Exits(0);
        Assert.False(Directory.Exists($"/proc/{pid}"));
    }

    [V1Fact]
    public async Task Its_terminal_is_one()
    {
        await StartAsync();
        await ReadyAsync();
        using Terminal terminal = Clients.OpenTerminal(Cli.Docker, "run", "--rm", "-it", "busybox", "sh", "-c", "tty; read x; echo got $x");
        await terminal.ShowsAsync("/dev/pts/0");
        terminal.Type("word\r");
        await terminal.ShowsAsync("got word");

        Assert.Equal(0, await terminal.ExitAsync());
    }

    /// <summary>There is no pid namespace of its own to be prepared.</summary>
    [V1Fact]
    public async Task Container_in_the_hosts_pid_namespace_does_without()
    {
        await StartAsync();
        IReadOnlyList<int> prepared = await ReadyAsync();

        Assert.DoesNotContain(await PidAsync(await StartAsync("--pid", "host")), prepared);
    }

    /// <summary>It has no mount namespace yet, which would keep everything busy that the host unmounts.</summary>
    [V1Fact]
    public async Task It_holds_nothing_of_the_hosts()
    {
        await StartAsync();

        Assert.All(await ReadyAsync(), pid => Assert.All((string[])["mnt", "uts", "ipc", "cgroup", "user"], name => Assert.Equal(NamespaceOf(Daemon.Pid, name), NamespaceOf(pid, name))));
    }

    [V1Fact]
    public async Task Killed_ones_are_not_missed()
    {
        await StartAsync();
        foreach (int pid in await ReadyAsync())
        {
            _ = Libc.kill(pid, Libc.SIGKILL);
        }

        await StartAsync();
        await StartAsync();
        Assert.Equal(Size, (await ReadyAsync()).Count);
    }

    [V1Fact]
    public async Task They_end_with_the_daemon()
    {
        await StartAsync();
        IReadOnlyList<int> prepared = await ReadyAsync();

        await Daemon.KillAsync();

        await Eventually.HoldsAsync("they have ended", () => prepared.All(pid => !IsPrepared(pid)));
        await Daemon.StartAsync();
        await StartAsync();
    }
}
