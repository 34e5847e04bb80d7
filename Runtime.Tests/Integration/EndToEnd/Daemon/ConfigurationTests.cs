using System.Text;
using Microsoft.Win32.SafeHandles;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;
using Libc = Rtd.Protocol.Syscalls.Libc;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>Flags, daemon.json, pidfile, sockets: how a daemon starts, refuses to, and stops.</summary>
public sealed class ConfigurationTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    [RootFact]
    public async Task Key_set_by_flag_and_file_is_refused()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, """{"mtu": 1400}""");

        CommandResult result = (await Daemon.RefuseAsync("--mtu", "1450")).Exits(1);

        result.Says("specified both as a flag and in the configuration file").Says("mtu");
    }

    [RootFact]
    public async Task Unknown_key_is_refused()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, """{"no-such-key": 1}""");

        (await Daemon.RefuseAsync()).Exits(1).Says("don't match any configuration option: no-such-key");
    }

    [RootFact]
    public async Task Broken_file_is_refused()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{\"mtu\": ");

        (await Daemon.RefuseAsync()).Exits(1).Says(Daemon.ConfigFile);
    }

    [RootFact]
    public async Task Seccomp_profile_that_is_none_is_refused()
    {
        string profile = Path.Combine(Host.Root, "profile.json");
        await File.WriteAllTextAsync(profile, """{"defaultAction": "SCMP_ACT_NONSENSE"}""");
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{}");

        (await Daemon.RefuseAsync("--seccomp-profile", profile)).Exits(1).Says($"opening seccomp profile ({profile}) failed: ").Says("SCMP_ACT_NONSENSE");
        (await Daemon.RefuseAsync("--seccomp-profile", profile + "x")).Exits(1).Says($"opening seccomp profile ({profile}x) failed: ");
    }

    [RootFact]
    public async Task Seccomp_profile_is_the_default_of_containers()
    {
        string profile = Path.Combine(Host.Root, "profile.json");
        await File.WriteAllTextAsync(profile, """{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}""");
        await Daemon.StartAsync("--seccomp-profile", profile);
        Clients clients = new(Daemon);
        await clients.ImportBusyboxAsync();

        (await clients.RunAsync(Cli.Docker, "run", "--rm", "busybox", "mkdir", "/x")).Exits(1).Says("No space left on device");
        (await clients.RunAsync(Cli.Docker, "run", "--rm", "--security-opt", "seccomp=builtin", "busybox", "mkdir", "/x")).Exits(0);
        (await clients.RunAsync(Cli.Docker, "run", "--rm", "--privileged", "busybox", "mkdir", "/x")).Exits(0);
        Assert.Contains($"name=seccomp,profile={profile}", (await clients.RunAsync(Cli.Docker, "info", "--format", "{{json .SecurityOptions}}")).Exits(0).Line, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Unknown_flag_is_refused()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, "{}");

        CommandResult result = await Daemon.RefuseAsync("--no-such-flag");

        Assert.NotEqual(0, result.ExitCode);
        result.Says("no-such-flag");
    }

    [RootFact]
    public async Task Settings_of_the_file_are_in_force()
    {
        await File.WriteAllTextAsync(Daemon.ConfigFile, """{"bip": "10.99.0.1/24", "mtu": 1400, "dns": ["198.51.100.7"], "debug": true}""");
        await Daemon.StartAsync();
        Clients clients = new(Daemon);
        await clients.ImportBusyboxAsync();

        string output = (await clients.RunAsync(Cli.Docker, "run", "--rm", "busybox", "sh", "-c", "ip addr show eth0; ip route; cat /etc/resolv.conf")).Exits(0).Stdout;

        Assert.Contains("inet 10.99.0.", output, StringComparison.Ordinal);
        Assert.Contains("default via 10.99.0.1 ", output, StringComparison.Ordinal);
        Assert.Contains("mtu 1400", output, StringComparison.Ordinal);
        Assert.Contains("nameserver 198.51.100.7", output, StringComparison.Ordinal);
    }

    /// <summary>Not by File: its share modes are locks on Unix, and the daemon holds one.</summary>
    private string ReadPidfile()
    {
        using SafeFileHandle file = Libc.open(Daemon.Pidfile, Libc.O_RDONLY);
        byte[] text = new byte[32];
        return Encoding.ASCII.GetString(text, 0, Libc.try_read((int)file.DangerousGetHandle(), text)).Trim();
    }

    [RootFact]
    public async Task Second_daemon_is_refused_and_the_first_goes_on()
    {
        await Daemon.StartAsync();

        CommandResult second = await Daemon.RefuseAsync();

        Assert.NotEqual(0, second.ExitCode);
        second.Says($"process with PID {Daemon.Pid} is still running");
        using EngineApi api = new(Daemon.Socket);
        await api.PingAsync();
        Assert.Equal($"{Daemon.Pid}", ReadPidfile());
    }

    [RootFact]
    public async Task Stale_pidfile_is_noticed()
    {
        // More than the largest pid there can be.
        await File.WriteAllTextAsync(Daemon.Pidfile, "4194305");

        await Daemon.StartAsync();

        Assert.Equal($"{Daemon.Pid}", ReadPidfile());
    }

    [RootFact]
    public async Task Several_sockets_answer()
    {
        string other = Path.Combine(Host.Root, "other.sock");
        await Daemon.StartAsync("-H", $"unix://{other}", "-H", "tcp://127.0.0.1:2375", "--tls=false");

        foreach (string socket in (string[])[Daemon.Socket, other])
        {
            using EngineApi api = new(socket);
            await api.PingAsync();
        }

        Assert.Equal("OK", (await Host.RunAsync("busybox", "wget", "-qO-", "http://127.0.0.1:2375/_ping")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Socket_and_directories_are_closed_to_others()
    {
        await Daemon.StartAsync();

        Assert.Equal("660", Mode(Daemon.Socket));
        Assert.Equal("710", Mode(Daemon.DataRoot));
        Assert.Contains(Mode(Daemon.ExecRoot), (string[])["700", "710", "711"]);
    }

    [RootFact]
    public async Task Term_stops_containers_and_removes_pidfile_and_socket()
    {
        await Daemon.StartAsync();
        Clients clients = new(Daemon);
        await clients.ImportBusyboxAsync();
        string polite = (await clients.RunAsync(Cli.Docker, "run", "-d", "busybox", "sh", "-c", "trap 'exit 5' TERM; echo set; while :; do sleep 0.05; done")).Exits(0).Line;
        string deaf = (await clients.RunAsync(Cli.Docker, "run", "-d", "--stop-timeout", "1", "busybox", "sleep", "1000")).Exits(0).Line;
        await Eventually.HoldsAsync("the handler is set", async () => (await clients.RunAsync(Cli.Docker, "logs", polite)).Stdout == "set\n");

        Assert.Equal(0, await Daemon.StopAsync());

        Assert.Empty(Host.ContainerProcesses());
        Assert.False(File.Exists(Daemon.Pidfile));
        Assert.False(File.Exists(Daemon.Socket));
        await Daemon.StartAsync();
        Assert.Equal("exited 5", (await clients.RunAsync(Cli.Docker, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", polite)).Exits(0).Line);
        Assert.Equal("exited 137", (await clients.RunAsync(Cli.Docker, "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", deaf)).Exits(0).Line);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Client_without_a_daemon_says_so(Cli cli)
    {
        CommandResult result = await Clients.RunAsync(cli, "ps");

        result.Exits(1).Says("cannot connect to").Says(Daemon.Socket);
    }

    private static string Mode(string path) => Convert.ToString((int)File.GetUnixFileMode(path), 8);
}
