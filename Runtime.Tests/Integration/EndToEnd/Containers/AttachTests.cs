using System.Diagnostics;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>attach</c> and <c>start -a -i</c>, without a terminal.</summary>
public sealed class AttachTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Shows_output_from_now_on_and_exits_with_the_containers_code(Cli cli)
    {
        string id = await StartAsync("echo before; while ! [ -e /tmp/go ]; do echo waiting; sleep 0.05; done; echo end; exit 5");
        using Process client = Command.Start(Clients.CommandLine(cli, "attach", "--no-stdin", id), Clients.Environment);
        Assert.Equal("waiting", await client.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));

        (await DockerAsync("exec", id, "touch", "/tmp/go")).Exits(0);

        string rest = await client.StandardOutput.ReadToEndAsync().WaitAsync(Command.Patience);
        await client.WaitForExitAsync().WaitAsync(Command.Patience);
        Assert.EndsWith("end\n", rest, StringComparison.Ordinal);
        Assert.Equal(5, client.ExitCode);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Start_with_attached_input(Cli cli)
    {
        string id = (await DockerAsync("create", "-i", "busybox", "sh", "-c", "cat; exit 6")).Exits(0).Line;

        CommandResult result = (await Clients.RunWithInputAsync(cli, "x\n", "start", "-a", "-i", id)).Exits(6);

        Assert.Equal("x\n", result.Stdout);
    }

    [RootFact]
    public async Task Two_clients_see_the_same()
    {
        string id = await StartAsync("while ! [ -e /tmp/go ]; do echo waiting; sleep 0.05; done; echo end");
        using Process first = Command.Start(Clients.CommandLine(Cli.Docker, "attach", "--no-stdin", id), Clients.Environment);
        using Process second = Command.Start(Clients.CommandLine(Cli.Docker, "attach", "--no-stdin", id), Clients.Environment);
        Assert.Equal("waiting", await first.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));
        Assert.Equal("waiting", await second.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));

        (await DockerAsync("exec", id, "touch", "/tmp/go")).Exits(0);

        Assert.EndsWith("end\n", await first.StandardOutput.ReadToEndAsync().WaitAsync(Command.Patience), StringComparison.Ordinal);
        Assert.EndsWith("end\n", await second.StandardOutput.ReadToEndAsync().WaitAsync(Command.Patience), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Client_that_goes_away_leaves_the_container_alone()
    {
        string id = await StartAsync("while :; do echo line; sleep 0.01; done");
        using (Process client = Command.Start(Clients.CommandLine(Cli.Docker, "attach", "--no-stdin", id), Clients.Environment))
        {
            await client.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience);
            client.Kill(entireProcessTree: true);
        }

        string size = (await DockerAsync("logs", "--tail", "1", "-t", id)).Exits(0).Stdout;
        await Eventually.HoldsAsync("it goes on writing", async () => (await DockerAsync("logs", "--tail", "1", "-t", id)).Exits(0).Stdout != size);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Needs_a_running_container(Cli cli)
    {
        string id = (await DockerAsync("create", "busybox", "true")).Exits(0).Line;

        (await Clients.RunAsync(cli, "attach", id)).Exits(1).Says("cannot attach to a stopped container");
    }
}
