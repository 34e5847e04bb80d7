using Newtonsoft.Json.Linq;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Plugins;

namespace Rtd.Tests.Unit.Plugins;

/// <summary>Finding, activating and calling plugins of Docker's protocol.</summary>
public sealed class PluginTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-plugin-").FullName;
    private readonly PluginDirectories _directories;

    public PluginTests()
    {
        _directories = new PluginDirectories([Path.Combine(_directory, "run")], [Path.Combine(_directory, "etc"), Path.Combine(_directory, "lib")]);
        foreach (string name in (string[])["run", "run/nested", "etc", "lib"])
        {
            Directory.CreateDirectory(Path.Combine(_directory, name));
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Plugin_is_found_by_its_socket_activated_once_and_called()
    {
        await using FakePlugin fake = await FakePlugin.AtPath(At("run/nested/nested.sock"), "VolumeDriver", "authz")
            .On("VolumeDriver.Create", body => new JObject { ["Mountpoint"] = $"/m/{body["Name"]}", ["Err"] = "" }).StartAsync();
        using PluginRegistry registry = new(_directories);

        Plugin plugin = await registry.GetAsync("nested", "VolumeDriver");
        JObject answer = await plugin.Client.CallAsync<JObject>("VolumeDriver.Create", new Dictionary<string, object> { ["Name"] = "v" });

        Assert.Equal("/m/v", (string?)answer["Mountpoint"]);
        Assert.Same(plugin, await registry.GetAsync("nested", "authz"));
        Assert.Equal(["Plugin.Activate", "VolumeDriver.Create"], fake.Calls.Select(call => call.Method));
        Assert.All(fake.Accepted, accept => Assert.Equal(PluginClient.MediaType, accept));
    }

    [Fact]
    public async Task Plugin_is_found_by_spec_and_json_files()
    {
        await using FakePlugin fake = await FakePlugin.AtPort(out int port, "VolumeDriver").StartAsync();
        File.WriteAllText(At("etc/one.spec"), $"tcp://127.0.0.1:{port}\n");
        File.WriteAllText(At("lib/two.json"), $$"""{"Name": "two", "Addr": "http://127.0.0.1:{{port}}"}""");
        using PluginRegistry registry = new(_directories);

        Assert.Equal($"tcp://127.0.0.1:{port}", (await registry.GetAsync("one", "VolumeDriver")).Client.Address.ToString());
        Assert.Equal(["one", "two"], (await registry.ListAsync("VolumeDriver")).Select(plugin => plugin.Name));
        Assert.Empty(await registry.ListAsync("NetworkDriver"));
    }

    [Theory]
    [InlineData("no-such")]
    [InlineData("../run/nested")]
    [InlineData("")]
    [InlineData(".")]
    public async Task Unknown_plugin_is_not_found(string name)
    {
        using PluginRegistry registry = new(_directories);

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => registry.GetAsync(name, "authz"));

        Assert.Equal(ErrorKind.NotFound, error.Kind);
        Assert.Equal($"plugin \"{name}\" not found", error.Message);
    }

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("no address")]
    public async Task File_that_makes_no_sense_is_named(string content)
    {
        File.WriteAllText(At("etc/bad.spec"), content);
        using PluginRegistry registry = new(_directories);

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => registry.GetAsync("bad", "authz"));

        Assert.Equal(ErrorKind.InvalidParameter, error.Kind);
        Assert.Contains("etc/bad.spec: invalid plugin address", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plugin_that_starts_late_is_waited_for()
    {
        string socket = At("run/late.sock");
        using PluginClient client = new("late", new PluginAddress(socket));
        Task<PluginManifest> call = client.CallAsync<PluginManifest>("Plugin.Activate", null);

        await using FakePlugin fake = await FakePlugin.AtPath(socket, "authz").StartAsync();

        Assert.Equal(["authz"], (await call).Implements);
    }

    [Fact]
    public async Task Plugin_that_is_not_there_is_given_up_in_time()
    {
        using PluginClient client = new("gone", new PluginAddress(At("run/gone.sock")));

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => client.CallAsync<PluginManifest>("Plugin.Activate", null, TimeSpan.FromSeconds(2)));

        Assert.StartsWith("plugin \"gone\" cannot be reached: unix://", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Error_of_a_plugin_is_passed_on(int status)
    {
        await using FakePlugin fake = await FakePlugin.AtPath(At("run/p.sock"), "VolumeDriver")
            .On("VolumeDriver.Remove", _ => new JObject { ["Err"] = "it is in use" }, status).StartAsync();
        using PluginClient client = new("p", new PluginAddress(At("run/p.sock")));

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => client.CallAsync<JObject>("VolumeDriver.Remove", new JObject()));

        Assert.Equal("VolumeDriver.Remove: it is in use", error.Message);
        Assert.Single(fake.Calls);
    }

    [Fact]
    public async Task Method_that_a_plugin_does_not_know_is_not_found()
    {
        await using FakePlugin fake = await FakePlugin.AtPath(At("run/p.sock"), "VolumeDriver").StartAsync();
        using PluginClient client = new("p", new PluginAddress(At("run/p.sock")));

        EngineException error = await Assert.ThrowsAsync<EngineException>(() => client.CallAsync<JObject>("VolumeDriver.Capabilities", new JObject()));

        Assert.Equal(ErrorKind.NotFound, error.Kind);
    }

    private string At(string name) => Path.Combine(_directory, name);
}
