using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>exec</c> in a running container.</summary>
public sealed class ExecTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Runs_in_the_containers_namespaces(Cli cli)
    {
        string id = await StartAsync("echo here > /tmp/mark; sleep 1000");

        CommandResult result = (await Clients.RunAsync(cli, "exec", id, "sh", "-c", "cat /tmp/mark; hostname; for n in net mnt uts ipc pid; do [ \"$(readlink /proc/1/ns/$n)\" = \"$(readlink /proc/self/ns/$n)\" ] || echo other $n; done")).Exits(0);

        Assert.Equal(["here", id[..12]], result.Lines);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Exits_with_the_commands_code(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        (await Clients.RunAsync(cli, "exec", id, "sh", "-c", "exit 42")).Exits(42);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Takes_user_directory_and_environment(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        CommandResult result = (await Clients.RunAsync(cli, "exec", "-u", "operator", "-w", "/tmp", "-e", "A=b c", id, "sh", "-c", "id -u; id -g; pwd; echo $A; echo $HOME")).Exits(0);

        Assert.Equal(["37", "37", "/tmp", "b c", "/var"], result.Lines);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Takes_standard_input(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        Assert.Equal("x\nafter\n", (await Clients.RunWithInputAsync(cli, "x\n", "exec", "-i", id, "sh", "-c", "cat; echo after")).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Keeps_stdout_and_stderr_apart(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        CommandResult result = (await Clients.RunAsync(cli, "exec", id, "sh", "-c", "echo out; echo err >&2")).Exits(0);

        Assert.Equal("out\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task In_the_background_it_returns_at_once(Cli cli)
    {
        string id = await StartAsync("while ! [ -e /tmp/done ]; do sleep 0.05; done; exit 8");

        Assert.Equal("", (await Clients.RunAsync(cli, "exec", "-d", id, "touch", "/tmp/done")).Exits(0).Stdout);

        Assert.Equal("8\n", (await DockerAsync("wait", id)).Exits(0).Stdout);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Unknown_command(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        CommandResult result = (await Clients.RunAsync(cli, "exec", id, "no-such-command")).Exits(127);

        Assert.Contains("no-such-command", result.Stdout + result.Stderr, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Needs_a_running_container(Cli cli)
    {
        string id = (await DockerAsync("create", "busybox", "true")).Exits(0).Line;

        (await Clients.RunAsync(cli, "exec", id, "true")).Exits(1).Says("is not running");
    }

    [RootFact]
    public async Task Has_the_containers_confinement_and_not_more()
    {
        string id = await StartAsync("sleep 1000", "--memory", "64m");

        string status = (await DockerAsync("exec", id, "grep", "-E", "^(Cap|Seccomp:)", "/proc/self/status")).Exits(0).Stdout;

        Assert.Equal("CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425fb\nCapBnd:\t00000000a80425fb\nCapAmb:\t0000000000000000\nSeccomp:\t2\n", status);
    }

    [RootTheory]
    [InlineData(126, "-u", "nobody-here", "ID", "true")]
    [InlineData(126, "ID", "/etc")]
    [InlineData(127, "ID", "no-such-program")]
    public async Task What_cannot_be_started_has_dockers_exit_code(int code, params string[] arguments)
    {
        string id = await StartAsync("sleep 1000");

        (await DockerAsync(["exec", .. arguments.Select(argument => argument == "ID" ? id : argument)])).Exits(code);
    }

    [RootFact]
    public async Task Is_in_the_containers_cgroup()
    {
        string id = await StartAsync("sleep 1000");

        CommandResult result = (await DockerAsync("exec", id, "sh", "-c", "cmp /proc/1/cgroup /proc/self/cgroup && echo same")).Exits(0);

        Assert.Equal("same\n", result.Stdout);
    }

    [RootFact]
    public async Task Only_the_standard_fds_are_open()
    {
        string id = await StartAsync("sleep 1000");

        // ls itself opens the directory it lists, as number 3.
        Assert.Equal("0\n1\n2\n3\n", (await DockerAsync("exec", id, "ls", "/proc/self/fd")).Exits(0).Stdout);
        Assert.Equal("0\n1\n2\n", (await DockerAsync("exec", id, "ls", "/proc/1/fd")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Background_child_does_not_keep_the_client_waiting()
    {
        string id = await StartAsync("sleep 1000");

        (await DockerAsync("exec", id, "sh", "-c", "sleep 1000 >/dev/null 2>&1 </dev/null & exit 5")).Exits(5);
    }

    [RootFact]
    public async Task Ends_with_the_container()
    {
        string id = await StartAsync("while ! [ -e /tmp/done ]; do sleep 0.05; done");
        Task<CommandResult> exec = DockerAsync("exec", id, "sh", "-c", "touch /tmp/done; sleep 1000");

        (await exec).Exits(137);
    }

    [RootFact]
    public async Task Is_listed_by_its_container()
    {
        string id = await StartAsync("sleep 1000");
        (await DockerAsync("exec", "-d", id, "sleep", "1000")).Exits(0);

        string exec = (string)(await Api.GetJsonAsync($"/containers/{id}/json"))["ExecIDs"]![0]!;

        Newtonsoft.Json.Linq.JToken inspect = await Api.GetJsonAsync($"/exec/{exec}/json");
        Assert.True((bool)inspect["Running"]!);
        Assert.Equal(id, (string?)inspect["ContainerID"]);
        Assert.Equal("sleep", (string?)inspect["ProcessConfig"]!["entrypoint"]);
        Assert.True((int)inspect["Pid"]! > 0);
    }
}
