using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary>Health checks: <c>--health-cmd</c> and its settings, what <c>ps</c>, <c>inspect</c> and <c>events</c> tell of them.</summary>
public sealed class HealthTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Fast = "--health-interval=50ms";

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Status_follows_the_check(Cli cli)
    {
        string id = (await Clients.RunAsync(
            cli, "run", "-d", Fast, "--health-retries=2", "--health-cmd", "echo looked; echo aside >&2; test -f /ready", "busybox", "sleep", "1000")).Exits(0).Line;
        await BecomesAsync(id, "unhealthy");
        Assert.EndsWith("(unhealthy)", (await DockerAsync("ps", "--filter", "health=unhealthy", "--format", "{{.Status}}")).Exits(0).Line, StringComparison.Ordinal);

        (await DockerAsync("exec", id, "touch", "/ready")).Exits(0);

        await BecomesAsync(id, "healthy");
        Assert.EndsWith("(healthy)", (await Clients.RunAsync(cli, "ps", "--filter", "health=healthy", "--format", "{{.Status}}")).Exits(0).Line, StringComparison.Ordinal);
        JToken health = (await Api.GetJsonAsync($"/containers/{id}/json"))["State"]!["Health"]!;
        Assert.Equal(0, (int)health["FailingStreak"]!);
        Assert.InRange(health["Log"]!.Count(), 1, 5);
        Assert.Equal(["aside", "looked"], ((string)health["Log"]!.Last!["Output"]!).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.Equal(0, (int)health["Log"]!.Last!["ExitCode"]!);
    }

    [RootFact]
    public async Task Changes_are_events()
    {
        string id = await StartAsync("sleep 1000", Fast, "--health-retries=1", "--health-cmd", "false", "--name", "sick");
        await BecomesAsync(id, "unhealthy");

        // The event follows when the new state is on disk.
        IReadOnlyList<string> events = [];
        await Eventually.HoldsAsync("its health is told", async () => (events = await EventsAsync(id)).Count > 0);
        Assert.Equal("health_status: unhealthy sick", Assert.Single(events));
    }

    [RootFact]
    public async Task Failures_of_the_start_period_do_not_count()
    {
        string id = await StartAsync("sleep 1000", "--health-start-period=1h", "--health-start-interval=20ms", "--health-interval=1h", "--health-retries=1", "--health-cmd", "exit 3");

        await Eventually.HoldsAsync("five failures are in its log", async () => await InspectAsync(id, "{{len .State.Health.Log}}") == "5");

        Assert.Equal("starting 0 3", await InspectAsync(id, "{{.State.Health.Status}} {{.State.Health.FailingStreak}} {{(index .State.Health.Log 4).ExitCode}}"));
        Assert.EndsWith("(health: starting)", (await DockerAsync("ps", "--format", "{{.Status}}")).Exits(0).Line, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Hanging_check_is_killed_with_its_children()
    {
        string id = await StartAsync(
            "exec sleep 1000", "--health-interval=2s", "--health-timeout=300ms", "--health-retries=1",
            "--health-cmd", "echo begun; (sleep 2001 &) ; setsid sleep 2002 & sleep 2003");
        await BecomesAsync(id, "unhealthy");

        Assert.Equal("-1 Health check exceeded timeout (300ms): begun", (await InspectAsync(id, "{{with index .State.Health.Log 0}}{{.ExitCode}} {{.Output}}{{end}}")).TrimEnd());
        await Eventually.HoldsAsync("nothing of the check is left", async () =>
            !(await DockerAsync("top", id)).Exits(0).Stdout.Contains("sleep 200", StringComparison.Ordinal));
    }

    [RootFact]
    public async Task Long_output_is_cut()
    {
        string id = await StartAsync("sleep 1000", Fast, "--health-cmd", "head -c 100000 /dev/zero | tr '\\0' x");
        await BecomesAsync(id, "healthy");

        string? output = (string?)(await Api.GetJsonAsync($"/containers/{id}/json"))["State"]!["Health"]!["Log"]![0]!["Output"];

        Assert.Equal(new string('x', 4096) + "...", output);
    }

    [RootFact]
    public async Task Images_check_is_taken_changed_and_turned_off()
    {
        await ImportWithCheckAsync();
        string plain = (await DockerAsync("run", "-d", "checked", "sleep", "1000")).Exits(0).Line;
        string off = (await DockerAsync("run", "-d", "--no-healthcheck", "checked", "sleep", "1000")).Exits(0).Line;
        string slow = (await DockerAsync("run", "-d", "--health-interval=1h", "checked", "sleep", "1000")).Exits(0).Line;

        await BecomesAsync(plain, "healthy");
        Assert.Equal("<nil>", await InspectAsync(off, "{{.State.Health}}"));
        Assert.Equal("[CMD-SHELL true] 1h0m0s starting", await InspectAsync(slow, "{{.Config.Healthcheck.Test}} {{.Config.Healthcheck.Interval}} {{.State.Health.Status}}"));
    }

    [RootFact]
    public async Task Checks_end_with_the_container_and_begin_again()
    {
        string id = await StartAsync("exec sleep 1000", Fast, "--health-cmd", "true", "--stop-signal", "KILL");
        await BecomesAsync(id, "healthy");

        (await DockerAsync("stop", id)).Exits(0);
        Assert.Equal("unhealthy", await InspectAsync(id, "{{.State.Health.Status}}"));
        (await DockerAsync("start", id)).Exits(0);

        await BecomesAsync(id, "healthy");
    }

    [RootFact]
    public async Task Container_can_be_paused_while_a_check_is_being_started()
    {
        string id = await StartAsync("exec sleep 1000", "--health-interval=1ms", "--health-cmd", "true");
        for (int round = 0; round < 20; round++)
        {
            await BecomesAsync(id, "healthy");
            (await DockerAsync("pause", id)).Exits(0);
            Assert.Equal("unhealthy", await InspectAsync(id, "{{.State.Health.Status}}"));
            (await DockerAsync("unpause", id)).Exits(0);
        }
    }

    [RootFact]
    public async Task Bad_settings_are_refused()
    {
        (await DockerAsync("create", "--health-cmd", "true", "--health-interval=1us", "busybox")).Exits(1).Says("Interval in Healthcheck cannot be less than 1ms");
        (await DockerAsync("ps", "--filter", "health=splendid")).Exits(1).Says("Unrecognised filter value for health: splendid");
    }

    private async Task<IReadOnlyList<string>> EventsAsync(string id) => (await DockerAsync(
        "events", "--since", "10m", "--until", "0s", "--filter", $"container={id}", "--filter", "event=health_status", "--format", "{{.Action}} {{.Actor.Attributes.name}}")).Exits(0).Lines;

    private async Task BecomesAsync(string id, string status) =>
        await Eventually.HoldsAsync($"{id} becomes {status}", async () => await InspectAsync(id, "{{.State.Health.Status}}") == status);

    /// <summary>An image whose config has a health check.</summary>
    private async Task ImportWithCheckAsync() => (await DockerAsync(
        "import", "-c", "HEALTHCHECK --interval=50ms --retries=2 CMD true", await BusyboxImage.ArchiveAsync(), "checked")).Exits(0);
}
