using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary>Containers and execs on a terminal.</summary>
public sealed class TerminalTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string DetachKeys = "\u0010\u0011";

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Shell_on_a_terminal(Cli cli)
    {
        using Terminal terminal = Clients.OpenTerminal(cli, "run", "--rm", "-it", "busybox", "sh");
        await terminal.ShowsAsync("/ # ");

        terminal.Type("echo $((6 * 7)); tty\n");
        await terminal.ShowsAsync("42\n/dev/pts/0\n");
        terminal.Type("exit 3\n");

        Assert.Equal(3, await terminal.ExitAsync());
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Terminal_has_the_windows_size_and_follows_it(Cli cli)
    {
        using Terminal terminal = Clients.OpenTerminal(cli, "run", "--rm", "-it", "busybox", "sh", "-c", "while :; do stty size; sleep 0.05; done");
        await terminal.ShowsAsync("24 80\n");

        await Eventually.HoldsAsync(
            "50 132 on the terminal",
            () =>
            {
                // docker's client reads the size and only then listens for SIGWINCH: what comes between is lost, so it is told until it has heard.
                // rtctl has to hear the first.
                if (cli == Cli.Docker)
                {
                    terminal.Resize(50, 131);
                }

                terminal.Resize(50, 132);
                return terminal.Output.Contains("50 132\n", StringComparison.Ordinal);
            },
            () => terminal.Output);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Ctrl_c_interrupts_the_command_inside(Cli cli)
    {
        using Terminal terminal = Clients.OpenTerminal(cli, "run", "--rm", "-it", "busybox", "sh", "-c", "trap 'echo caught; exit 5' INT; echo set; while :; do sleep 0.1; done");
        await terminal.ShowsAsync("set\n");

        terminal.Type("\u0003");

        await terminal.ShowsAsync("caught\n");
        Assert.Equal(5, await terminal.ExitAsync());
    }

    [RootFact]
    public async Task Output_of_a_terminal_has_carriage_returns_and_is_one_stream()
    {
        CommandResult result = (await DockerAsync("run", "--rm", "-t", "busybox", "sh", "-c", "echo out; echo err >&2; test -t 0 && test -t 1 && test -t 2")).Exits(0);

        Assert.Equal("out\r\nerr\r\n", result.Stdout);
    }

    [RootFact]
    public async Task Console_is_the_terminal() =>
        Assert.Equal("same\r\n", (await DockerAsync("run", "--rm", "-t", "busybox", "sh", "-c", "[ $(stat -c %t:%T /dev/console) = $(stat -c %t:%T $(tty)) ] && echo same")).Exits(0).Stdout);

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Detach_keys_leave_it_running_and_attach_comes_back(Cli cli)
    {
        using (Terminal first = Clients.OpenTerminal(cli, "run", "-it", "--name", "kept", "busybox", "sh"))
        {
            await first.ShowsAsync("/ # ");
            first.Type(DetachKeys);
            Assert.Equal(0, await first.ExitAsync());
        }

        Assert.Equal("true", await InspectAsync("kept", "{{.State.Running}}"));
        using Terminal second = Clients.OpenTerminal(cli, "attach", "kept");
        second.Type("\necho back again\n");
        await second.ShowsAsync("\nback again\n");
        second.Type("exit 4\n");
        Assert.Equal(4, await second.ExitAsync());
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Detach_keys_can_be_chosen(Cli cli)
    {
        using Terminal terminal = Clients.OpenTerminal(cli, "run", "-it", "--name", "kept", "--detach-keys", "ctrl-a,d", "busybox", "sh");
        await terminal.ShowsAsync("/ # ");

        terminal.Type("\u0001d");

        Assert.Equal(0, await terminal.ExitAsync());
        Assert.Equal("true", await InspectAsync("kept", "{{.State.Running}}"));
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exec_on_a_terminal(Cli cli)
    {
        string id = await StartAsync("sleep 1000");
        using Terminal terminal = Clients.OpenTerminal(cli, "exec", "-it", id, "sh");
        await terminal.ShowsAsync("/ # ");

        terminal.Type("until [ \"$(stty size)\" = '24 80' ]; do sleep 0.05; done; tty; echo $((6 * 7))\n");
        await terminal.ShowsAsync("42\n");
        Assert.Contains("/dev/pts/", terminal.Output, StringComparison.Ordinal);
        terminal.Type("exit 6\n");

        Assert.Equal(6, await terminal.ExitAsync());
    }
}
