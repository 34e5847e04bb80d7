using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>SIGHUP switches live restore while containers run.</summary>
public sealed class LiveRestoreSwitchTests(ITestOutputHelper output) : FaultTest(output)
{
    [RootFact]
    public async Task Switched_on()
    {
        await StartDaemonAsync();
        await StartAsync("sleep 1000", "--name", "before");
        await SwitchAsync(true);
        await StartAsync("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done", "--name", "after");
        int pid = await PidAsync("after");

        Assert.Equal(0, await Daemon.StopAsync());
        Assert.True(Directory.Exists($"/proc/{pid}"));
        await Daemon.StartAsync();

        Assert.Equal(pid, await PidAsync("after"));
        Assert.Matches("^exited (137|143)$", await StateAsync("before"));
        (await DockerAsync("stop", "-t", "0", "after")).Exits(0);
        HasAllNumbers((await DockerAsync("logs", "after")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Switched_off()
    {
        await StartDaemonAsync(liveRestore: true);
        await StartAsync("sleep 1000", "--name", "before");
        await SwitchAsync(false);
        await StartAsync("sleep 1000", "--name", "after");

        Assert.Equal(0, await Daemon.StopAsync());

        Assert.Empty(Host.ContainerProcesses());
        await Eventually.HoldsAsync("the supervisor has gone", () => Supervisor() == 0);
        await Daemon.StartAsync();
        Assert.Matches("^exited (137|143)$", await StateAsync("before"));
        Assert.Matches("^exited (137|143)$", await StateAsync("after"));
    }

    [RootFact]
    public async Task Switched_off_and_on_again()
    {
        await StartDaemonAsync(liveRestore: true);
        await StartAsync("sleep 1000", "--name", "first");
        int pid = await PidAsync("first");
        await SwitchAsync(false);
        await SwitchAsync(true);
        await Daemon.KillAsync();
        await Daemon.StartAsync();
        Assert.Equal(pid, await PidAsync("first"));
        Assert.Equal("true", (await DockerAsync("info", "--format", "{{.LiveRestoreEnabled}}")).Exits(0).Line);
    }

    private async Task SwitchAsync(bool on)
    {
        int before = Daemon.Log.Length;
        await File.WriteAllTextAsync(Daemon.ConfigFile, Configuration(on));
        _ = Libc.kill(Daemon.Pid, Libc.SIGHUP);
        await Eventually.HoldsAsync("it is reloaded", () => Daemon.Log[before..].Contains("configuration reloaded", StringComparison.Ordinal));
        Assert.Equal(on ? "true" : "false", (await DockerAsync("info", "--format", "{{.LiveRestoreEnabled}}")).Exits(0).Line);
    }
}
