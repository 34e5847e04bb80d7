using System.Diagnostics;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>logs</c> of running and ended containers.</summary>
public sealed class LogsTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Shows_both_streams(Cli cli)
    {
        await DockerAsync("run", "--name", "talker", "busybox", "sh", "-c", "echo out; echo err >&2");

        CommandResult logs = (await Clients.RunAsync(cli, "logs", "talker")).Exits(0);

        Assert.Equal("out\n", logs.Stdout);
        Assert.Equal("err\n", logs.Stderr);
    }

    [RootTheory]
    [InlineData("0", "")]
    [InlineData("2", "4\n5\n")]
    [InlineData("100", "1\n2\n3\n4\n5\n")]
    [InlineData("all", "1\n2\n3\n4\n5\n")]
    public async Task Tail_counts_from_the_end(string tail, string expected)
    {
        await DockerAsync("run", "--name", "counter", "busybox", "seq", "5");

        Assert.Equal(expected, (await DockerAsync("logs", "--tail", tail, "counter")).Exits(0).Stdout);
        Assert.Equal(expected, (await RtctlAsync("logs", "--tail", tail, "counter")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Since_and_until_cut_by_time(Cli cli)
    {
        // A line is written only when the one before is logged: what is read at once has one time.
        await StartAsync("for i in 1 2 3; do echo $i; while ! [ -e /tmp/$i ]; do sleep 0.02; done; done", "--name", "counter");
        for (int line = 1; line <= 3; line++)
        {
            await Eventually.HoldsAsync($"line {line} is logged", async () => (await DockerAsync("logs", "counter")).Exits(0).Lines.Count == line);
            (await DockerAsync("exec", "counter", "touch", $"/tmp/{line}")).Exits(0);
        }

        string[] stamped = [.. (await Clients.RunAsync(cli, "logs", "-t", "counter")).Exits(0).Lines];
        Assert.All(stamped, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z \d$", line));
        string second = stamped[1].Split(' ')[0];

        Assert.Equal("2\n3\n", (await Clients.RunAsync(cli, "logs", "--since", second, "counter")).Exits(0).Stdout);
        Assert.Equal("1\n2\n", (await Clients.RunAsync(cli, "logs", "--until", second, "counter")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Follow_shows_what_comes_and_ends_with_the_container(Cli cli)
    {
        string id = await StartAsync("echo first; while ! [ -e /tmp/go ]; do sleep 0.05; done; echo last");
        using Process follower = Command.Start(Clients.CommandLine(cli, "logs", "-f", id), Clients.Environment);
        Assert.Equal("first", await follower.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));

        (await DockerAsync("exec", id, "touch", "/tmp/go")).Exits(0);

        Assert.Equal("last", await follower.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));
        await follower.WaitForExitAsync().WaitAsync(Command.Patience);
        Assert.Equal(0, follower.ExitCode);
    }

    [RootFact]
    public async Task Follower_that_goes_away_leaves_the_container_alone()
    {
        string id = await StartAsync("while :; do echo line; sleep 0.01; done");
        using (Process follower = Command.Start(Clients.CommandLine(Cli.Docker, "logs", "-f", id), Clients.Environment))
        {
            await follower.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience);
            follower.Kill(entireProcessTree: true);
        }

        Assert.Equal("running", await InspectAsync(id, "{{.State.Status}}"));
    }

    [RootFact]
    public async Task Long_lines_and_lines_without_an_end_are_kept()
    {
        await DockerAsync("run", "--name", "long", "busybox", "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; echo; printf 'no end'");

        string logs = (await DockerAsync("logs", "long")).Exits(0).Stdout;

        Assert.True(new string('x', 100_000) + "\nno end" == logs, $"{logs.Length} characters");
    }

    [RootFact]
    public async Task Many_lines_keep_their_order()
    {
        await DockerAsync("run", "--name", "counter", "busybox", "seq", "100000");

        string[] lines = [.. (await DockerAsync("logs", "counter")).Exits(0).Lines];

        Assert.Equal(Enumerable.Range(1, 100_000).Select(number => $"{number}"), lines);
    }

    [RootFact]
    public async Task Logs_of_a_terminal_are_its_output()
    {
        await DockerAsync("run", "-t", "--name", "terminal", "busybox", "echo", "x");

        Assert.Equal("x\r\n", (await DockerAsync("logs", "terminal")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Unknown_container(Cli cli) =>
        (await Clients.RunAsync(cli, "logs", "nobody")).Exits(1).Says("no such container: nobody");

    [RootFact]
    public async Task Details_come_before_each_line()
    {
        string id = (await DockerAsync("run", "-d", "--label", "mine=a b", "--env", "SHOWN=1", "--log-opt", "labels=mine", "--log-opt", "env=SHOWN", "busybox", "sh", "-c", "echo one; echo two")).Exits(0).Line;
        (await DockerAsync("wait", id)).Exits(0);

        Assert.Equal("SHOWN=1,mine=a+b one\nSHOWN=1,mine=a+b two\n", (await DockerAsync("logs", "--details", id)).Exits(0).Stdout);
        Assert.Equal("one\ntwo\n", (await DockerAsync("logs", id)).Exits(0).Stdout);
    }
}
