using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>run</c> by both clients: output, input, exit codes, names.</summary>
public sealed class RunTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Says_hello(Cli cli)
    {
        CommandResult result = (await Clients.RunAsync(cli, "run", "--rm", "busybox", "echo", "hello")).Exits(0);

        Assert.Equal("hello\n", result.Stdout);
        Assert.Equal("", result.Stderr);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Keeps_stdout_and_stderr_apart(Cli cli)
    {
        CommandResult result = (await Clients.RunAsync(cli, "run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2")).Exits(0);

        Assert.Equal("out\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl, 0)]
    [InlineData(Cli.Rtctl, 42)]
    [InlineData(Cli.Docker, 0)]
    [InlineData(Cli.Docker, 42)]
    public async Task Exits_with_the_commands_code(Cli cli, int code) =>
        (await Clients.RunAsync(cli, "run", "--rm", "busybox", "sh", "-c", $"exit {code}")).Exits(code);

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_128_and_the_signal_that_ended_the_command(Cli cli) =>
        (await Clients.RunAsync(cli, "run", "--rm", "busybox", "sh", "-c", "sh -c 'kill -SEGV $$'; exit $?")).Exits(139);

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_127_when_the_command_is_not_found(Cli cli)
    {
        CommandResult result = await Clients.RunAsync(cli, "run", "--rm", "busybox", "no-such-command");

        result.Exits(127).Says("no-such-command").Says("not found");
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_127_when_the_path_does_not_exist(Cli cli) =>
        (await Clients.RunAsync(cli, "run", "--rm", "busybox", "/no/such/command")).Exits(127).Says("/no/such/command").Says("no such file or directory");

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_126_when_the_command_cannot_be_executed(Cli cli) =>
        (await Clients.RunAsync(cli, "run", "--rm", "busybox", "/etc/passwd")).Exits(126).Says("permission denied");

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_125_for_an_unknown_image(Cli cli) =>
        (await Clients.RunAsync(cli, "run", "--rm", "--pull", "never", "no-such-image", "true")).Exits(125).Says("no such image").Says("no-such-image");

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_125_for_an_unknown_flag(Cli cli) =>
        (await Clients.RunAsync(cli, "run", "--no-such-flag", "busybox", "true")).Exits(125).Says("no-such-flag");

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Takes_standard_input(Cli cli)
    {
        CommandResult result = (await Clients.RunWithInputAsync(cli, "x\n", "run", "--rm", "-i", "busybox", "cat")).Exits(0);

        Assert.Equal("x\n", result.Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Goes_on_writing_after_the_end_of_input(Cli cli)
    {
        CommandResult result = (await Clients.RunWithInputAsync(cli, "x\n", "run", "--rm", "-i", "busybox", "sh", "-c", "cat; sleep 0.3; echo after")).Exits(0);

        Assert.Equal("x\nafter\n", result.Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Carries_megabytes_both_ways(Cli cli)
    {
        string input = string.Concat(Enumerable.Range(0, 400_000).Select(number => $"{number}\n"));

        CommandResult result = (await Clients.RunWithInputAsync(cli, input, "run", "--rm", "-i", "busybox", "cat")).Exits(0);

        Assert.True(input == result.Stdout, $"{input.Length} characters in, {result.Stdout.Length} out");
    }

    [RootFact]
    public async Task Without_i_standard_input_is_empty() =>
        Assert.Equal("", (await Clients.RunWithInputAsync(Cli.Docker, "x\n", "run", "--rm", "busybox", "cat")).Exits(0).Stdout);

    [RootFact]
    public async Task Runs_the_images_command_when_none_is_given() =>
        Assert.Equal("from sh\n", (await Clients.RunWithInputAsync(Cli.Docker, "echo from sh\n", "run", "--rm", "-i", "busybox")).Exits(0).Stdout);

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Sets_environment_and_working_directory(Cli cli)
    {
        CommandResult result = (await Clients.RunAsync(cli, "run", "--rm", "-e", "A=b c", "-w", "/tmp/made", "busybox", "sh", "-c", "echo $A; pwd; echo $PATH; echo $HOME; echo $HOSTNAME | wc -c")).Exits(0);

        Assert.Equal(["b c", "/tmp/made", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "/root", "13"], result.Lines);
    }

    [RootFact]
    public async Task Entrypoint_comes_before_the_command() =>
        Assert.Equal("a b\n", (await DockerAsync("run", "--rm", "--entrypoint", "echo", "busybox", "a", "b")).Exits(0).Stdout);

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task In_the_background_it_prints_the_id(Cli cli)
    {
        string id = (await Clients.RunAsync(cli, "run", "-d", "busybox", "sleep", "1000")).Exits(0).Line;

        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Equal("running", await InspectAsync(id, "{{.State.Status}}"));
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task With_rm_nothing_remains(Cli cli)
    {
        (await Clients.RunAsync(cli, "run", "--rm", "--name", "once", "busybox", "true")).Exits(0);

        Assert.Equal("", (await DockerAsync("ps", "-aq")).Exits(0).Stdout);
        (await Clients.RunAsync(cli, "run", "--rm", "--name", "once", "busybox", "true")).Exits(0);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Ctrl_c_reaches_the_command(Cli cli)
    {
        using System.Diagnostics.Process client = Command.Start(Clients.CommandLine(cli, "run", "--rm", "busybox", "sh", "-c", "trap 'echo caught; exit 9' INT; echo set; while :; do sleep 0.1; done"), Clients.Environment);
        Assert.Equal("set", await client.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));

        _ = Libc.kill(client.Id, Libc.SIGINT);

        Assert.Equal("caught", await client.StandardOutput.ReadLineAsync().WaitAsync(Command.Patience));
        await client.WaitForExitAsync().WaitAsync(Command.Patience);
        Assert.Equal(9, client.ExitCode);
    }

    [RootFact]
    public async Task Containers_without_a_name_get_one_as_Docker_invents_them()
    {
        string id = await StartAsync("sleep 1000");

        Assert.Matches("^/[a-z]+_[a-z]+[0-9]?$", await InspectAsync(id, "{{.Name}}"));
    }
}
