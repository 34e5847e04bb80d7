using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Rtd.Tests.Unit.Plugins;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Isolation;

/// <summary>Volumes of a plugin that speaks Docker's protocol on a unix socket; it keeps a directory for each.</summary>
public sealed class VolumePluginTests(ITestOutputHelper output) : OwnDaemonTest(output)
{
    private readonly Dictionary<string, string> _volumes = [];
    private FakePlugin? _plugin;
    private string _mountFailure = "";

    private string Storage => Path.Combine(Host.Root, "storage");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        string sockets = Directory.CreateDirectory(Path.Combine(Host.Root, "plugins")).FullName;
        _plugin = await FakePlugin.AtPath(Path.Combine(sockets, "shelf.sock"), "VolumeDriver")
            .On("VolumeDriver.Create", Create)
            .On("VolumeDriver.Remove", body => _volumes.Remove(NameOf(body)) ? [] : NoSuchVolume(body))
            .On("VolumeDriver.Get", body => _volumes.ContainsKey(NameOf(body)) ? new JObject { ["Volume"] = Describe(NameOf(body)) } : NoSuchVolume(body))
            .On("VolumeDriver.List", _ => new JObject { ["Volumes"] = new JArray(_volumes.Keys.Select(Describe)) })
            .On("VolumeDriver.Path", body => new JObject { ["Mountpoint"] = _volumes[NameOf(body)] })
            .On("VolumeDriver.Mount", body => _mountFailure.Length > 0 ? new JObject { ["Err"] = _mountFailure } : new JObject { ["Mountpoint"] = _volumes[NameOf(body)] })
            .On("VolumeDriver.Unmount", _ => [])
            .On("VolumeDriver.Capabilities", _ => new JObject { ["Capabilities"] = new JObject { ["Scope"] = "global" } })
            .StartAsync();
        (await Host.RunAsync("sh", "-c", $"mkdir -p /run/docker/plugins && mount --bind {sockets} /run/docker/plugins")).Exits(0);
        await Daemon.StartAsync();
        await Clients.ImportBusyboxAsync();
    }

    public override async Task DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await _plugin!.DisposeAsync();
        await base.DisposeAsync();
    }

    [RootTheory]
    [InlineData(Cli.Docker)]
    [InlineData(Cli.Rtctl)]
    public async Task Its_volumes_are_made_listed_mounted_and_removed(Cli cli)
    {
        (await RunAsync(cli, "volume", "create", "-d", "shelf", "-o", "colour=red", "--label", "a=b", "books")).Exits(0);
        Assert.Equal("red", (string)Calls("Create").Single()["Opts"]!["colour"]!);

        Assert.Equal($"shelf global b {Storage}/books full", (await RunAsync(Cli.Docker, "volume", "inspect", "-f", "{{.Driver}} {{.Scope}} {{.Labels.a}} {{.Mountpoint}} {{.Status.state}}", "books")).Exits(0).Line);
        Assert.Contains("books", (await RunAsync(cli, "volume", "ls", "-q", "-f", "driver=shelf")).Exits(0).Lines);
        Assert.Contains("shelf", (await RunAsync(Cli.Docker, "info", "-f", "{{.Plugins.Volume}}")).Exits(0).Line, StringComparison.Ordinal);

        (await RunAsync(cli, "run", "--rm", "-v", "books:/b", "busybox", "touch", "/b/file")).Exits(0);
        Assert.True(File.Exists(Path.Combine(Storage, "books", "file")));
        AllIsUnmounted();
        Assert.NotEmpty(Calls("Mount"));

        string id = (await RunAsync(cli, "create", "-v", "books:/b", "busybox")).Exits(0).Line;
        (await RunAsync(cli, "volume", "rm", "books")).Exits(1).Says("volume is in use");
        Assert.Equal($"shelf {Storage}/books", (await RunAsync(Cli.Docker, "inspect", "-f", "{{range .Mounts}}{{.Driver}} {{.Source}}{{end}}", id)).Exits(0).Line);
        (await RunAsync(cli, "rm", id)).Exits(0);
        (await RunAsync(cli, "volume", "rm", "books")).Exits(0);
        Assert.Empty(_volumes);
    }

    [RootFact]
    public async Task Volumes_that_the_plugin_has_already_are_seen_and_used()
    {
        _volumes["old"] = Directory.CreateDirectory(Path.Combine(Storage, "old")).FullName;
        await File.WriteAllTextAsync(Path.Combine(Storage, "old", "file"), "old\n");

        // A list leaves out a plugin that does not answer soon.
        await Eventually.HoldsAsync("it is listed", async () => (await RunAsync(Cli.Docker, "volume", "ls", "-q")).Exits(0).Lines is ["old"]);
        Assert.Equal("old\n", (await RunAsync(Cli.Docker, "run", "--rm", "-v", "old:/o", "busybox", "cat", "/o/file")).Exits(0).Stdout);
        Assert.Empty(Calls("Create"));
        Assert.Equal("", (await RunAsync(Cli.Docker, "volume", "prune", "-af")).Exits(0).Stdout.Replace("Total reclaimed space: 0B\n", "", StringComparison.Ordinal));
        (await RunAsync(Cli.Docker, "volume", "rm", "old")).Exits(0);
        Assert.Empty(_volumes);
    }

    [RootFact]
    public async Task Volume_driver_of_a_container_makes_its_volumes()
    {
        (await RunAsync(Cli.Docker, "run", "--rm", "--volume-driver", "shelf", "-v", "named:/n", "-v", "/anonymous", "busybox", "touch", "/n/x", "/anonymous/x")).Exits(0);

        // The anonymous one has gone with its container.
        Assert.Equal(["named"], _volumes.Keys);
        AllIsUnmounted();
        (await RunAsync(Cli.Docker, "run", "--rm", "--mount", "type=volume,src=third,dst=/t,volume-driver=shelf,volume-opt=a=b", "busybox", "true")).Exits(0);
        Assert.Equal("b", (string)Calls("Create").Last()["Opts"]!["a"]!);
        (await RunAsync(Cli.Docker, "run", "--rm", "--volume-driver", "none", "-v", "other:/n", "busybox", "true")).Exits(125).Says("error looking up volume plugin none: plugin \"none\" not found");
        (await RunAsync(Cli.Docker, "volume", "create", "-d", "none", "other")).Exits(1).Says("error looking up volume plugin none: plugin \"none\" not found");
    }

    [RootFact]
    public async Task What_a_killed_daemon_had_mounted_is_unmounted_by_the_next()
    {
        (await RunAsync(Cli.Docker, "run", "-d", "-v", "kept:/k", "--volume-driver", "shelf", "busybox", "sleep", "1000")).Exits(0);
        string again = (await RunAsync(Cli.Docker, "run", "-d", "--restart", "always", "-v", "kept:/k", "busybox", "sleep", "1000")).Exits(0).Line;

        await Daemon.KillAsync();
        await Daemon.StartAsync();

        await Eventually.HoldsAsync("the container runs again", async () => (await RunAsync(Cli.Docker, "exec", again, "touch", "/k/file")).ExitCode == 0);
        await Eventually.HoldsAsync("the mounts of the killed daemon are taken back", () => Calls("Mount").Count() - Calls("Unmount").Count() == 1);
        (await RunAsync(Cli.Docker, "rm", "-f", again)).Exits(0);
        AllIsUnmounted();
        Assert.Empty(Directory.GetFiles(Path.Combine(Daemon.ExecRoot, "volumes")));
    }

    [RootFact]
    public async Task What_the_plugin_refuses_is_told()
    {
        (await RunAsync(Cli.Docker, "volume", "create", "-d", "shelf", "refused")).Exits(1).Says("the shelf is full");
        Assert.Empty((await RunAsync(Cli.Docker, "volume", "ls", "-q")).Exits(0).Lines);

        (await RunAsync(Cli.Docker, "volume", "create", "-d", "shelf", "stuck")).Exits(0);
        _mountFailure = "the shelf is stuck";
        string id = (await RunAsync(Cli.Docker, "create", "--mount", "type=volume,src=stuck,dst=/s,volume-nocopy", "busybox", "true")).Exits(0).Line;
        (await RunAsync(Cli.Docker, "start", id)).Exits(1).Says("error while mounting volume").Says("the shelf is stuck");
        AllIsUnmounted();
        _mountFailure = "";
        (await RunAsync(Cli.Docker, "start", id)).Exits(0);
        (await RunAsync(Cli.Docker, "rm", "-f", id)).Exits(0);

        // Without its plugin a volume can be forgotten by force only.
        await _plugin!.DisposeAsync();
        File.Delete(Path.Combine(Host.Root, "plugins", "shelf.sock"));
        (await RunAsync(Cli.Docker, "volume", "rm", "stuck")).Exits(1).Says("plugin \"shelf\" not found");
        (await RunAsync(Cli.Docker, "volume", "rm", "-f", "stuck")).Exits(0);
        Assert.Empty((await RunAsync(Cli.Docker, "volume", "ls", "-q")).Exits(0).Lines);
    }

    private static string NameOf(JObject body) => (string)body["Name"]!;

    private static JObject NoSuchVolume(JObject body) => new() { ["Err"] = $"no volume {NameOf(body)} on the shelf" };

    private JObject Create(JObject body)
    {
        if (NameOf(body) == "refused")
        {
            return new JObject { ["Err"] = "the shelf is full" };
        }

        _volumes[NameOf(body)] = Directory.CreateDirectory(Path.Combine(Storage, NameOf(body))).FullName;
        return [];
    }

    private JObject Describe(string name) => new() { ["Name"] = name, ["Mountpoint"] = _volumes[name], ["Status"] = new JObject { ["state"] = "full" } };

    private IEnumerable<JObject> Calls(string method) => _plugin!.Calls.Where(call => call.Method == $"VolumeDriver.{method}").Select(call => call.Body);

    /// <summary>Each mount has been taken back, under its own id.</summary>
    private void AllIsUnmounted() =>
        Assert.Equal(Calls("Mount").Select(body => (string)body["ID"]!).Order(), Calls("Unmount").Select(body => (string)body["ID"]!).Order());

    private async Task<CommandResult> RunAsync(Cli cli, params string[] arguments) => await Clients.RunAsync(cli, arguments);
}
