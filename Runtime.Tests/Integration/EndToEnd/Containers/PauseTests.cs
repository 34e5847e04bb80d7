using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>pause</c> and <c>unpause</c>.</summary>
public sealed class PauseTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Paused_processes_do_not_run(Cli cli)
    {
        string id = await StartAsync("while :; do :; done");
        string stat = $"/proc/{await InspectAsync(id, "{{.State.Pid}}")}/stat";

        (await Clients.RunAsync(cli, "pause", id)).Exits(0);

        Assert.Equal("paused true true", await InspectAsync(id, "{{.State.Status}} {{.State.Paused}} {{.State.Running}}"));
        string time = CpuTime(stat);
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        Assert.Equal(time, CpuTime(stat));

        (await Clients.RunAsync(cli, "unpause", id)).Exits(0);

        Assert.Equal("running false", await InspectAsync(id, "{{.State.Status}} {{.State.Paused}}"));
        await Eventually.HoldsAsync("it runs again", () => CpuTime(stat) != time);
    }

    [RootFact]
    public async Task Status_says_so_and_exec_is_refused()
    {
        string id = await StartAsync("sleep 1000");
        (await DockerAsync("pause", id)).Exits(0);

        Assert.EndsWith("(Paused)", (await DockerAsync("ps", "--format", "{{.Status}}")).Exits(0).Line, StringComparison.Ordinal);
        (await DockerAsync("exec", id, "true")).Exits(1).Says("is paused");
        (await DockerAsync("pause", id)).Exits(1).Says("already paused");
    }

    [RootFact]
    public async Task Paused_container_can_be_killed_and_removed()
    {
        string id = await StartAsync("sleep 1000");
        (await DockerAsync("pause", id)).Exits(0);

        (await DockerAsync("rm", "-f", id)).Exits(0);

        (await DockerAsync("inspect", "--type", "container", id)).Exits(1);
    }

    [RootFact]
    public async Task Unpause_needs_a_paused_container()
    {
        string id = await StartAsync("sleep 1000");

        (await DockerAsync("unpause", id)).Exits(1).Says("is not paused");
    }

    /// <summary>User and system time, fields 14 and 15 of /proc/PID/stat.</summary>
    private static string CpuTime(string stat) => string.Join(' ', File.ReadAllText(stat).Split(' ')[13..15]);
}
