using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Daemon;

/// <summary>The daemon's own end, asked for.</summary>
public sealed class ShutdownTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    /// <summary>As nohup and a shell's background leave it; .NET would keep what is ignored so.</summary>
    internal override TestDaemon NewDaemon(TestHost host) => new(host) { Ignored = "HUP INT TERM" };

    [RootTheory]
    [InlineData(Libc.SIGINT)]
    [InlineData(Libc.SIGTERM)]
    public async Task Signals_that_were_ignored_before_are_heard(int signal)
    {
        await Daemon.StartAsync();
        _ = Libc.kill(Daemon.Pid, Libc.SIGHUP);
        await Eventually.HoldsAsync("it has reloaded", () => Daemon.Log.Contains("configuration reloaded", StringComparison.Ordinal), () => Daemon.Log);

        _ = Libc.kill(Daemon.Pid, signal);

        await Eventually.HoldsAsync("it has ended", () => !Daemon.IsRunning);
    }

    [RootFact]
    public async Task Container_has_the_time_it_asked_for()
    {
        await Daemon.StartAsync("--shutdown-timeout", "1");
        await Clients.ImportBusyboxAsync();
        const string Patient = "trap 'sleep 4; echo clean; exit 0' TERM; echo ready; while :; do sleep 0.1; done";
        string id = (await Clients.RunAsync(Cli.Docker, "run", "-d", "--stop-timeout", "30", "busybox", "sh", "-c", Patient)).Exits(0).Line;
        await Eventually.HoldsAsync("it is ready", async () => (await Clients.RunAsync(Cli.Docker, "logs", id)).Stdout == "ready\n");

        Assert.Equal(0, await Daemon.StopAsync());

        await Daemon.StartAsync();
        Assert.Equal("ready\nclean\n", (await Clients.RunAsync(Cli.Docker, "logs", id)).Exits(0).Stdout);
        Assert.Equal("exited 0", (await Clients.RunAsync(Cli.Docker, "inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", id)).Exits(0).Line);
        (await Clients.RunAsync(Cli.Docker, "rm", id)).Exits(0);
    }
}
