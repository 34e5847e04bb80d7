using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>ps</c>, and how containers are found by name and id.</summary>
public sealed class ListTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Table_shows_running_containers(Cli cli)
    {
        string id = await StartAsync("sleep 1000", "--name", "sleeper");
        await DockerAsync("run", "--name", "finished", "busybox", "true");

        IReadOnlyList<string> lines = (await Clients.RunAsync(cli, "ps")).Exits(0).Lines;

        Assert.Equal(2, lines.Count);
        Assert.Matches(@"^CONTAINER ID\s+IMAGE\s+COMMAND\s+CREATED\s+STATUS\s+PORTS\s+NAMES\s*$", lines[0]);
        Assert.Matches($@"^{id[..12]}\s+busybox\s+""sh -c 'sleep 1000'""\s+.* ago\s+Up .*\s+sleeper\s*$", lines[1]);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task All_shows_how_they_ended(Cli cli)
    {
        await DockerAsync("run", "--name", "failed", "busybox", "sh", "-c", "exit 42");
        await DockerAsync("create", "--name", "fresh", "busybox");

        IReadOnlyList<string> lines = (await Clients.RunAsync(cli, "ps", "-a", "--format", "{{.Names}}: {{.Status}}")).Exits(0).Lines;

        Assert.Equal("fresh: Created", lines[0]);
        Assert.Matches(@"^failed: Exited \(42\) .* ago$", lines[1]);
    }

    [RootTheory]
    [InlineData(Cli.Rtctl)]
    [InlineData(Cli.Docker)]
    public async Task Quiet_prints_ids(Cli cli)
    {
        string id = await StartAsync("sleep 1000");

        Assert.Equal(id[..12] + "\n", (await Clients.RunAsync(cli, "ps", "-q")).Exits(0).Stdout);
        Assert.Equal(id + "\n", (await Clients.RunAsync(cli, "ps", "-q", "--no-trunc")).Exits(0).Stdout);
    }

    [RootFact]
    public async Task Filters()
    {
        await StartAsync("sleep 1000", "--name", "one", "--label", "colour=red");
        await StartAsync("sleep 1000", "--name", "two", "--label", "colour=blue");
        await DockerAsync("run", "--name", "three", "busybox", "sh", "-c", "exit 3");

        Assert.Equal("one\n", await FilteredAsync("name=on"));
        Assert.Equal("two\n", await FilteredAsync("label=colour=blue"));
        Assert.Equal("two\none\n", await FilteredAsync("label=colour"));
        Assert.Equal("three\n", await FilteredAsync("status=exited"));
        Assert.Equal("three\n", await FilteredAsync("exited=3"));
        Assert.Equal("three\ntwo\none\n", await FilteredAsync("ancestor=busybox"));
    }

    [RootFact]
    public async Task Id_is_found_by_a_unique_prefix_and_by_name()
    {
        string id = await StartAsync("sleep 1000", "--name", "sleeper");

        Assert.Equal(id, await InspectAsync(id[..12], "{{.Id}}"));
        Assert.Equal(id, await InspectAsync(id[..4], "{{.Id}}"));
        Assert.Equal(id, await InspectAsync("sleeper", "{{.Id}}"));
        (await DockerAsync("inspect", "--type", "container", "zzz")).Exits(1).Says("no such container: zzz");
    }

    [RootFact]
    public async Task Prefix_of_two_ids_is_refused()
    {
        // With 17 ids, two begin with the same hexadecimal digit.
        List<string> ids = [];
        for (int i = 0; i < 17; i++)
        {
            ids.Add((await DockerAsync("create", "busybox")).Exits(0).Line);
        }

        char shared = ids.GroupBy(id => id[0]).First(group => group.Count() > 1).Key;

        using HttpResponseMessage response = await Api.GetAsync($"/containers/{shared}/json");
        await EngineApi.ErrorAsync(response, 400, 404, 409);
    }

    [RootFact]
    public async Task Api_lists_what_clients_read()
    {
        string id = await StartAsync("sleep 1000", "--name", "sleeper", "--label", "a=b");

        JToken container = Assert.Single(await Api.GetJsonAsync("/containers/json"));

        Assert.Equal(id, (string?)container["Id"]);
        Assert.Equal("/sleeper", (string?)container["Names"]![0]);
        Assert.Equal("busybox", (string?)container["Image"]);
        Assert.StartsWith("sha256:", (string?)container["ImageID"], StringComparison.Ordinal);
        Assert.Equal("sh -c 'sleep 1000'", (string?)container["Command"]);
        Assert.Equal("running", (string?)container["State"]);
        Assert.Equal("b", (string?)container["Labels"]!["a"]);
        Assert.InRange((long)container["Created"]!, DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    private async Task<string> FilteredAsync(string filter) =>
        (await DockerAsync("ps", "-a", "--filter", filter, "--format", "{{.Names}}")).Exits(0).Stdout;
}
