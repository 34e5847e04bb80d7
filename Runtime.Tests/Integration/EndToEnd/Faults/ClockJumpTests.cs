using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Faults;

/// <summary>Somebody sets the clock. Only what shows times shows it: checks, restarts, time limits and logs go on.</summary>
public sealed class ClockJumpTests(ITestOutputHelper output) : FaultTest(output)
{
    private string Clock => Path.Combine(Host.Root, "clock");

    [ClockTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Clock_is_set(bool liveRestore)
    {
        await File.WriteAllTextAsync(Clock, "+0");
        await StartDaemonAsync(liveRestore);
        await StartAsync("i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done", "--name", "writer");
        await StartAsync("touch /checks; sleep 1000", "--name", "checked", "--health-cmd", "echo x >> /checks", "--health-interval", "100ms");
        foreach (string clock in (string[])["+400d", "-30d", "+0"])
        {
            await File.WriteAllTextAsync(Clock, clock);
            int checks = await LinesAsync("exec", "checked", "cat", "/checks"), written = await LinesAsync("logs", "writer");
            await Eventually.HoldsAsync("checks go on", async () => await LinesAsync("exec", "checked", "cat", "/checks") > checks + 1);
            await Eventually.HoldsAsync("output is logged", async () => await LinesAsync("logs", "writer") > written + 1);
            await StartAsync("exit 4", "--name", "restarted", "--restart", "on-failure:2");
            await Eventually.HoldsAsync(
                "it is restarted twice, and then no more",
                async () => (await DockerAsync("inspect", "-f", "{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}", "restarted")).Exits(0).Line == "2 exited 4");
            await StartAsync("trap '' TERM; echo set; while :; do sleep 0.05; done", "--name", "deaf");
            (await DockerAsync("stop", "-t", "1", "deaf")).Exits(0);
            Assert.Equal("exited 137", await StateAsync("deaf"));
            (await DockerAsync("rm", "restarted", "deaf")).Exits(0);
            if (liveRestore)
            {
                await Daemon.KillAsync();
                await Daemon.StartAsync();
                Assert.Equal("running 0", await StateAsync("writer"));
            }
        }

        await Eventually.HoldsAsync("the checks are passed", async () => (await DockerAsync("inspect", "-f", "{{.State.Health.Status}}", "checked")).Exits(0).Line == "healthy");
        (await DockerAsync("stop", "-t", "0", "writer")).Exits(0);
        HasAllNumbers((await DockerAsync("logs", "writer")).Exits(0).Stdout);
        if (!liveRestore)
        {
            // Another daemon takes the times as they are when it comes.
            string[] times = [.. (await DockerAsync("logs", "-t", "writer")).Exits(0).Lines.Select(line => line.Split(' ')[0])];
            Assert.Equal(times.Order(StringComparer.Ordinal), times);
        }

        (await DockerAsync("rm", "-f", "writer", "checked")).Exits(0);
    }

    /// <summary>The monotonic clock is nobody's to set.</summary>
    internal override TestDaemon NewDaemon(TestHost host) => new(host)
    {
        IsManaged = true,
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = ClockTheoryAttribute.Library!,
            ["FAKETIME_TIMESTAMP_FILE"] = Path.Combine(host.Root, "clock"),
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        },
    };

    private async Task<int> LinesAsync(params string[] command) => (await DockerAsync(command)).Exits(0).Lines.Count;
}
