using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary>Ways to end a container: stop, kill, restart, wait.</summary>
public sealed class StopTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Forever = "while :; do sleep 0.05; done";

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Stop_sends_TERM_first(Cli cli)
    {
        string id = await StartTrappingAsync("TERM", 7);

        Assert.Equal(id + "\n", (await Clients.RunAsync(cli, "stop", id)).Exits(0).Stdout);

        Assert.Equal("exited 7 false", await InspectAsync(id, "{{.State.Status}} {{.State.ExitCode}} {{.State.Running}}"));
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Stop_kills_what_does_not_listen(Cli cli)
    {
        // A pid 1 without a handler is not touched by TERM.
        string id = await StartAsync("sleep 1000");

        (await Clients.RunAsync(cli, "stop", "-t", "1", id)).Exits(0);

        Assert.Equal("137", await InspectAsync(id, "{{.State.ExitCode}}"));
    }

    [RootFact]
    public async Task Stop_sends_the_signal_the_container_asks_for()
    {
        string id = await StartTrappingAsync("USR1", 11, "--stop-signal", "USR1");

        (await DockerAsync("stop", id)).Exits(0);

        Assert.Equal("11", await InspectAsync(id, "{{.State.ExitCode}}"));
    }

    [RootFact]
    public async Task Stop_of_a_stopped_container_is_fine()
    {
        string id = await StartAsync("true");
        await DockerAsync("wait", id);

        (await DockerAsync("stop", id)).Exits(0);
        using HttpResponseMessage response = await Api.PostAsync($"/containers/{id}/stop");
        Assert.Equal(304, (int)response.StatusCode);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Kill_ends_it(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        (await Clients.RunAsync(cli, "kill", id)).Exits(0);

        Assert.Equal("exited", await InspectAsync(id, "{{.State.Status}}"));
        Assert.Equal("137\n", (await DockerAsync("wait", id)).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl, "USR1")]
    [InlineData(Cli.Docker, "SIGUSR1")]
    [InlineData(Cli.Docker, "10")]
    public async Task Kill_sends_any_signal(Cli cli, string signal)
    {
        string id = await StartTrappingAsync("USR1", 12);

        (await Clients.RunAsync(cli, "kill", "-s", signal, id)).Exits(0);

        Assert.Equal("12\n", (await DockerAsync("wait", id)).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Kill_needs_a_running_container_and_a_known_signal(Cli cli)
    {
        string id = (await DockerAsync("create", "busybox", "true")).Exits(0).Line;
        (await Clients.RunAsync(cli, "kill", id)).Exits(1).Says("is not running");

        string running = await StartAsync("sleep 1000");
        (await Clients.RunAsync(cli, "kill", "-s", "NOSUCH", running)).Exits(1).Says("invalid signal");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Wait_prints_the_exit_codes(Cli cli)
    {
        string first = await StartAsync("exit 3");
        string second = await StartAsync("exit 4");

        Assert.Equal("3\n4\n", (await Clients.RunAsync(cli, "wait", first, second)).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Restart_runs_it_anew_with_the_same_files(Cli cli)
    {
        string id = await StartAsync($"echo start >> /tmp/starts; {Forever}");
        string pid = await InspectAsync(id, "{{.State.Pid}}");

        (await Clients.RunAsync(cli, "restart", "-t", "0", id)).Exits(0);

        Assert.NotEqual(pid, await InspectAsync(id, "{{.State.Pid}}"));
        await Eventually.HoldsAsync("the second start", async () => (await DockerAsync("exec", id, "cat", "/tmp/starts")).Stdout == "start\nstart\n");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Start_again_after_the_end(Cli cli)
    {
        string id = await StartAsync("echo again >> /tmp/starts; wc -l < /tmp/starts");
        (await DockerAsync("wait", id)).Exits(0);

        Assert.Equal("2\n", (await Clients.RunAsync(cli, "start", "-a", id)).Exits(0).Stdout);
        Assert.Equal("1\n2\n", (await DockerAsync("logs", id)).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Start_of_a_running_container_changes_nothing()
    {
        string id = await StartAsync("sleep 1000");

        using HttpResponseMessage response = await Api.PostAsync($"/containers/{id}/start");

        Assert.Equal(304, (int)response.StatusCode);
    }

    [RootFact]
    public async Task All_processes_end_with_the_first()
    {
        string id = await StartAsync("sleep 1000 & sleep 1000 & wait");

        (await DockerAsync("kill", id)).Exits(0);
        (await DockerAsync("wait", id)).Exits(0);

        await Eventually.HoldsAsync("no process of the container", () => Host.ContainerProcesses().Count == 0, () => string.Join(' ', Host.ContainerProcesses()));
    }

    /// <summary>A container that ends with a code at a signal; returns once its handler is in place.</summary>
    private async Task<string> StartTrappingAsync(string signal, int code, params string[] options)
    {
        string id = await StartAsync($"trap 'exit {code}' {signal}; echo set; {Forever}", options);
        await Eventually.HoldsAsync("the signal handler is set", async () => (await DockerAsync("logs", id)).Stdout == "set\n");
        return id;
    }
}
