using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>What a container's first process is and may do.</summary>
public sealed class ConfinementTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Command_is_pid_1() =>
        Assert.Matches(@"^\s*1\s+ps -o pid,args$", (await DockerAsync("run", "--rm", "busybox", "ps", "-o", "pid,args")).Exits(0).Lines[^1]);

    [RootFact]
    public async Task Capabilities_are_Dockers_and_none_is_inheritable()
    {
        string status = (await DockerAsync("run", "--rm", "busybox", "grep", "^Cap", "/proc/self/status")).Exits(0).Stdout;

        Assert.Equal("CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\n", status);
    }

    [RootTheory]
    [InlineData("--cap-drop=ALL", "0000000000000000")]
    [InlineData("--cap-add=SYS_ADMIN", "00000000a82425fb")]
    [InlineData("--cap-add=NET_ADMIN --cap-drop=CAP_CHOWN", "00000000a80435fa")]
    public async Task Capabilities_can_be_added_and_dropped(string flags, string expected)
    {
        string status = (await DockerAsync(["run", "--rm", .. flags.Split(' '), "busybox", "grep", "-E", "^Cap(Eff|Inh)", "/proc/self/status"])).Exits(0).Stdout;

        Assert.Equal($"CapInh:\t0000000000000000\nCapEff:\t{expected}\n", status);
    }

    [RootFact]
    public async Task Other_users_have_no_capabilities() =>
        Assert.Equal("CapEff:\t0000000000000000\n", (await DockerAsync("run", "--rm", "-u", "1000", "busybox", "grep", "^CapEff", "/proc/self/status")).Exits(0).Stdout);

    [RootFact]
    public async Task Seccomp_filters_system_calls()
    {
        Assert.Equal("Seccomp:\t2\n", (await DockerAsync("run", "--rm", "busybox", "grep", "^Seccomp:", "/proc/self/status")).Exits(0).Stdout);
        (await ShellAsync("unshare -U true")).Exits(1).Says("operation not permitted");
    }

    [RootFact]
    public async Task Seccomp_can_be_switched_off() =>
        Assert.Equal("Seccomp:\t0\n", (await DockerAsync("run", "--rm", "--security-opt", "seccomp=unconfined", "busybox", "grep", "^Seccomp:", "/proc/self/status")).Exits(0).Stdout);

    [RootTheory]
    [InlineData("", "0")]
    [InlineData("--security-opt=no-new-privileges", "1")]
    public async Task No_new_privileges_as_asked(string flag, string expected) =>
        Assert.Equal($"NoNewPrivs:\t{expected}\n", (await DockerAsync(["run", "--rm", .. flag.Split(' ', StringSplitOptions.RemoveEmptyEntries), "busybox", "grep", "^NoNewPrivs", "/proc/self/status"])).Exits(0).Stdout);

    [RootFact]
    public async Task Only_the_standard_fds_are_open()
    {
        // ls itself opens the directory it lists, as number 3.
        Assert.Equal("0\n1\n2\n3\n", (await DockerAsync("run", "--rm", "busybox", "ls", "/proc/self/fd")).Exits(0).Stdout);
        Assert.Equal("0\n1\n2\n3\n", (await DockerAsync("run", "--rm", "-t", "busybox", "sh", "-c", "ls -1 /proc/self/fd | cat")).Exits(0).Stdout.Replace("\r", "", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task Daemons_environment_does_not_come_along()
    {
        string environment = (await ShellAsync("tr '\\0' '\\n' < /proc/1/environ")).Exits(0).Stdout;

        Assert.DoesNotContain("RTD_CANARY_OF_DAEMON", environment, StringComparison.Ordinal);
        Assert.DoesNotContain("NOTIFY_SOCKET", environment, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("net")]
    [InlineData("mnt")]
    [InlineData("uts")]
    [InlineData("ipc")]
    [InlineData("pid")]
    public async Task Namespace_is_its_own(string kind)
    {
        string inside = (await DockerAsync("run", "--rm", "busybox", "readlink", $"/proc/self/ns/{kind}")).Exits(0).Line;

        Assert.StartsWith($"{kind}:[", inside, StringComparison.Ordinal);
        Assert.NotEqual(new FileInfo($"/proc/{Daemon.Pid}/ns/{kind}").LinkTarget, inside);
        Assert.NotEqual(new FileInfo($"/proc/self/ns/{kind}").LinkTarget, inside);
    }

    [RootFact]
    public async Task Signals_are_at_their_defaults()
    {
        // The runtime ignores SIGPIPE and blocks signals around a spawn; neither may be inherited.
        string status = (await DockerAsync("run", "--rm", "busybox", "grep", "-E", "^Sig(Blk|Ign):", "/proc/self/status")).Exits(0).Stdout;

        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", status);
    }

    [RootFact]
    public async Task Hostname_is_the_short_id_or_as_asked()
    {
        string id = await StartAsync("sleep 1000");

        Assert.Equal(id[..12] + "\n", (await DockerAsync("exec", id, "hostname")).Exits(0).Stdout);
        Assert.Equal("box\n", (await DockerAsync("run", "--rm", "-h", "box", "busybox", "hostname")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Nothing_can_be_mounted() =>
        (await ShellAsync("mkdir /m; mount -t tmpfs none /m")).Exits(1).Says("permission denied");

    [RootTheory]
    [InlineData("head -c 1 /tmp/disk")]
    [InlineData("echo x > /tmp/disk")]
    public async Task Devices_of_the_machine_cannot_be_opened(string access)
    {
        // CAP_MKNOD is among Docker's defaults, so making the node works; 1:2 is /dev/mem.
        CommandResult result = await ShellAsync($"mknod /tmp/disk c 1 2 && {access}");

        Assert.NotEqual(0, result.ExitCode);
        result.Says("operation not permitted");
    }

    [RootFact]
    public async Task Rlimits_as_asked() =>
        Assert.Equal("123\n234\n", (await DockerAsync("run", "--rm", "--ulimit", "nofile=123:234", "busybox", "sh", "-c", "ulimit -Sn; ulimit -Hn")).Exits(0).Stdout);
}
