using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>rm</c>, <c>rename</c>, and whose a name is.</summary>
public sealed class RemoveTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Removes_an_ended_container(Cli cli)
    {
        await DockerAsync("run", "--name", "ended", "busybox", "true");

        Assert.Equal("ended\n", (await Clients.RunAsync(cli, "rm", "ended")).Exits(0).Stdout);

        (await DockerAsync("inspect", "--type", "container", "ended")).Exits(1).Says("no such container: ended");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Running_container_needs_force(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        (await Clients.RunAsync(cli, "rm", id)).Exits(1).Says("container is running");
        (await Clients.RunAsync(cli, "rm", "-f", id)).Exits(0);

        Assert.Equal("", (await DockerAsync("ps", "-aq")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Unknown_container(Cli cli) =>
        (await Clients.RunAsync(cli, "rm", "nobody")).Exits(1).Says("no such container: nobody");

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Renames(Cli cli)
    {
        string id = await StartAsync("sleep 1000", "--name", "before");

        (await Clients.RunAsync(cli, "rename", "before", "after")).Exits(0);

        Assert.Equal(id, await InspectAsync("after", "{{.Id}}"));
        (await DockerAsync("inspect", "--type", "container", "before")).Exits(1);
        (await DockerAsync("create", "--name", "before", "busybox")).Exits(0);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Name_in_use_is_a_conflict(Cli cli)
    {
        string id = await StartAsync("sleep 1000", "--name", "taken");

        (await Clients.RunAsync(cli, "run", "--name", "taken", "busybox", "true")).Exits(125).Says($"The container name \"/taken\" is already in use by container \"{id}\"");
        (await DockerAsync("create", "--name", "other", "busybox")).Exits(0);
        (await Clients.RunAsync(cli, "rename", "other", "taken")).Exits(1).Says("already in use");
    }

    [RootFact]
    public async Task Name_is_free_after_a_start_that_failed_with_rm()
    {
        (await DockerAsync("run", "--rm", "--name", "again", "busybox", "no-such-command")).Exits(127);

        (await DockerAsync("run", "--rm", "--name", "again", "busybox", "true")).Exits(0);
    }

    [RootFact]
    public async Task Start_that_failed_is_recorded()
    {
        (await DockerAsync("run", "--name", "broken", "busybox", "no-such-command")).Exits(127);

        Assert.Equal("created 127", await InspectAsync("broken", "{{.State.Status}} {{.State.ExitCode}}"));
        Assert.Contains("no-such-command", await InspectAsync("broken", "{{.State.Error}}"), StringComparison.Ordinal);
    }
}
