using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>inspect</c> and <c>top</c>.</summary>
public sealed class InspectTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Tells_what_was_asked_for_and_what_is(Cli cli)
    {
        string id = await StartAsync("sleep 1000", "--name", "known", "-e", "A=b", "--label", "l=m", "-m", "64m", "--cpus", "0.5", "--pids-limit", "30", "-w", "/tmp", "-u", "operator");

        JToken container = Assert.Single(JArray.Parse((await Clients.RunAsync(cli, "inspect", "known")).Exits(0).Stdout));

        Assert.Equal(id, (string?)container["Id"]);
        Assert.Equal("/known", (string?)container["Name"]);
        Assert.Equal("sh", (string?)container["Path"]);
        Assert.Equal(["-c", "sleep 1000"], container["Args"]!.Values<string>());
        Assert.Equal("running", (string?)container["State"]!["Status"]);
        Assert.True((bool)container["State"]!["Running"]!);
        Assert.False((bool)container["State"]!["OOMKilled"]!);
        Assert.True(Directory.Exists($"/proc/{container["State"]!["Pid"]}"));
        Assert.Equal(id[..12], (string?)container["Config"]!["Hostname"]);
        Assert.Equal("busybox", (string?)container["Config"]!["Image"]);
        Assert.Contains("A=b", container["Config"]!["Env"]!.Values<string>());
        Assert.Equal("m", (string?)container["Config"]!["Labels"]!["l"]);
        Assert.Equal("/tmp", (string?)container["Config"]!["WorkingDir"]);
        Assert.Equal("operator", (string?)container["Config"]!["User"]);
        Assert.Equal(64 << 20, (long)container["HostConfig"]!["Memory"]!);
        Assert.Equal(500_000_000, (long)container["HostConfig"]!["NanoCpus"]!);
        Assert.Equal(30, (long)container["HostConfig"]!["PidsLimit"]!);
        Assert.Equal("json-file", (string?)container["HostConfig"]!["LogConfig"]!["Type"]);
        Assert.Matches(@"^172\.\d+\.\d+\.\d+$", (string?)container["NetworkSettings"]!["Networks"]!["bridge"]!["IPAddress"]);
    }

    [RootFact]
    public async Task Times_are_in_order()
    {
        string id = await StartAsync("exit 3");
        (await DockerAsync("wait", id)).Exits(0);

        string[] times = (await InspectAsync(id, "{{.Created}} {{.State.StartedAt}} {{.State.FinishedAt}}")).Split(' ');

        Assert.Equal(times.Order(StringComparer.Ordinal), times);
        Assert.Equal("3", await InspectAsync(id, "{{.State.ExitCode}}"));
        Assert.Equal("0", await InspectAsync(id, "{{.State.Pid}}"));
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Unknown_object(Cli cli) =>
        (await Clients.RunAsync(cli, "inspect", "--type", "container", "nobody")).Exits(1).Says("no such container: nobody");

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Top_lists_the_processes(Cli cli)
    {
        string id = await StartAsync("sleep 1001 & sleep 1002 & wait");
        await Eventually.HoldsAsync("both children", async () => (await DockerAsync("top", id)).Lines.Count == 4);

        IReadOnlyList<string> lines = (await Clients.RunAsync(cli, "top", id)).Exits(0).Lines;

        Assert.Matches(@"^UID\s+PID\s+PPID\s+C\s+STIME\s+TTY\s+TIME\s+CMD\s*$", lines[0]);
        Assert.Contains(lines, line => line.Contains("sleep 1001", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("sleep 1002", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1] == InspectAsync(id, "{{.State.Pid}}").Result);
    }
}
