using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Api;

/// <summary>The events of a container's whole life, in order, with their attributes.</summary>
public sealed class EventActionTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Life_of_a_container_is_told()
    {
        string since = await NowAsync();
        string exported = Path.Combine(Host.Root, "told.tar");
        string id = (await DockerAsync("create", "-t", "--name", "told", "--label", "mine=1", "-v", "told-data:/data", "busybox", "sleep", "1000")).Exits(0).Line;
        (await DockerAsync("start", id)).Exits(0);
        (await Api.PostAsync($"/containers/{id}/resize?h=10&w=20")).EnsureSuccessStatusCode().Dispose();
        (await DockerAsync("top", id)).Exits(0);
        (await DockerAsync("exec", id, "true")).Exits(0);
        (await DockerAsync("pause", id)).Exits(0);
        (await DockerAsync("unpause", id)).Exits(0);
        (await DockerAsync("update", "--memory", "50m", "--memory-swap", "60m", id)).Exits(0);
        (await DockerAsync("rename", "told", "retold")).Exits(0);
        (await DockerAsync("commit", id, "told-image")).Exits(0);
        (await DockerAsync("export", "-o", exported, id)).Exits(0);
        (await DockerAsync("restart", "-t", "0", id)).Exits(0);
        (await DockerAsync("stop", "-t", "0", id)).Exits(0);
        (await DockerAsync("container", "prune", "-f")).Exits(0);
        (await DockerAsync("volume", "rm", "told-data")).Exits(0);

        File.Delete(exported);

        JObject[] events = await EventsAsync(since);
        string[] container = [.. events.Where(happened => (string?)happened["Type"] == "container").Select(happened => ((string)happened["Action"]!).Split(':')[0])];
        Assert.Equal(
            [
                "create", "start", "resize", "top", "exec_create", "exec_start", "exec_die", "pause", "unpause", "update", "rename", "pause", "commit", "unpause", "export",
                "kill", "kill", "die", "start", "restart", "kill", "kill", "die", "stop", "destroy", "prune",
            ],
            container);
        Assert.Equal(
            ["create", "mount", "unmount", "mount", "unmount", "destroy"],
            events.Where(happened => (string?)happened["Type"] == "volume").Select(happened => (string)happened["Action"]!));
        Assert.Equal(
            ["connect", "disconnect", "connect", "disconnect"],
            events.Where(happened => (string?)happened["Type"] == "network").Select(happened => (string)happened["Action"]!));

        JToken resize = events.Single(happened => (string?)happened["Action"] == "resize")["Actor"]!;
        Assert.Equal(("10", "20", "1", "busybox", "told"), ((string?)resize["Attributes"]!["height"], (string?)resize["Attributes"]!["width"], (string?)resize["Attributes"]!["mine"], (string?)resize["Attributes"]!["image"], (string?)resize["Attributes"]!["name"]));
        JToken mount = events.First(happened => (string?)happened["Action"] == "mount")["Actor"]!["Attributes"]!;
        Assert.Equal((id, "/data", "true", "local"), ((string?)mount["container"], (string?)mount["destination"], (string?)mount["read/write"], (string?)mount["driver"]));
        Assert.Equal("/told", (string?)events.Single(happened => (string?)happened["Action"] == "rename")["Actor"]!["Attributes"]!["oldName"]);
    }

    [RootTheory]
    [InlineData("10m", "0s")]
    [InlineData("2020-01-01T00:00:00Z", "2120-01-01T00:00:00Z")]
    public async Task Since_takes_durations_and_dates(string since, string until)
    {
        (await DockerAsync("run", "--rm", "--name", "dated", "busybox", "true")).Exits(0);
        using HttpRequestMessage request = new(HttpMethod.Get, $"/events?since={since}&until={until}&filters={Uri.EscapeDataString("{\"container\":[\"dated\"],\"event\":[\"die\"]}")}");
        using HttpResponseMessage answer = await Api.SendAsync(request);
        using StreamReader lines = new(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());

        Assert.Contains("\"exitCode\":\"0\"", await lines.ReadLineAsync().WaitAsync(Command.Patience), StringComparison.Ordinal);
    }

    private async Task<string> NowAsync() => (await DockerAsync("info", "--format", "{{.SystemTime}}")).Exits(0).Line;

    private async Task<JObject[]> EventsAsync(string since)
    {
        using HttpResponseMessage told = await Api.GetAsync($"/events?since={Uri.EscapeDataString(since)}&until=0s");
        return [.. (await told.EnsureSuccessStatusCode().Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(JObject.Parse)];
    }
}
