using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>Many containers at once; the check after each test sees what they leave.</summary>
[Collection(Heavy.Name)]
public sealed class ManyContainersTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const int Count = 200;

    [RootFact]
    public async Task Two_hundred_at_once_start_run_and_go()
    {
        string[] ids = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => StartSleeperAsync()));

        JArray running = (JArray)await Api.GetJsonAsync("/containers/json");
        Assert.Equal(Count, running.Count);
        Assert.Distinct(running.Select(container => (string?)container["NetworkSettings"]!["Networks"]!["bridge"]!["IPAddress"]));

        await Task.WhenAll(ids.Select(RemoveAsync));

        Assert.Empty(await Api.GetJsonAsync("/containers/json?all=1"));
    }

    [RootFact]
    public async Task A_hundred_on_one_network_started_sixteen_at_a_time_know_each_other()
    {
        const int Width = 16;
        string[] names = [.. Enumerable.Range(0, 100).Select(number => $"many{number}")];
        (await DockerAsync("network", "create", "crowd")).Exits(0);
        await Parallel.ForEachAsync(names, new ParallelOptions { MaxDegreeOfParallelism = Width }, async (name, _) =>
            await StartSleeperAsync($"?name={name}", """{"Image":"busybox","Cmd":["sleep","1000"],"HostConfig":{"NetworkMode":"crowd"}}"""));

        JObject members = (JObject)(await Api.GetJsonAsync("/networks/crowd"))["Containers"]!;
        Dictionary<string, string> addresses = members.Properties().ToDictionary(member => (string)member.Value["Name"]!, member => ((string)member.Value["IPv4Address"]!).Split('/')[0]);
        Assert.Equal(names.Order(), addresses.Keys.Order());
        Assert.Distinct(addresses.Values);
        const string Look = "for name in $NAMES; do echo $name $(nslookup -type=a $name 127.0.0.11 | awk '/^Address/ {address = $2} END {print address}'); done";
        CommandResult found = await ShellAsync(Look, "--network", "crowd", "-e", $"NAMES={string.Join(' ', names)}");
        Assert.Equal(names.Select(name => $"{name} {addresses[name]}"), found.Exits(0).Lines);

        await Task.WhenAll(names.Select(RemoveAsync));
        (await DockerAsync("network", "rm", "crowd")).Exits(0);
    }

    [RootFact]
    public async Task Many_short_runs_one_after_the_other_leave_nothing()
    {
        for (int i = 0; i < 50; i++)
        {
            (await RtctlAsync("run", "--rm", "busybox", "true")).Exits(0);
        }
    }

    [RootFact]
    public async Task Many_execs_leave_nothing()
    {
        string id = await StartAsync("sleep 1000");

        for (int round = 0; round < 10; round++)
        {
            CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 10).Select(number => DockerAsync("exec", id, "sh", "-c", $"sleep 1000 & exit {number}")));
            Assert.Equal(Enumerable.Range(0, 10), results.Select(result => result.ExitCode));
        }
    }

    private async Task<string> StartSleeperAsync(string query = "", string request = """{"Image":"busybox","Cmd":["sleep","1000"]}""")
    {
        using HttpResponseMessage create = await Api.PostTextAsync($"/containers/create{query}", request);
        string body = await create.Content.ReadAsStringAsync();
        Assert.True((int)create.StatusCode == 201, body);
        string id = (string)JObject.Parse(body)["Id"]!;
        using HttpResponseMessage start = await Api.PostAsync($"/containers/{id}/start");
        Assert.True((int)start.StatusCode == 204, await start.Content.ReadAsStringAsync());
        return id;
    }

    private async Task RemoveAsync(string id)
    {
        using HttpResponseMessage response = await Api.DeleteAsync($"/containers/{id}?force=1");
        Assert.True((int)response.StatusCode == 204, await response.Content.ReadAsStringAsync());
    }
}
