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

    private async Task<string> StartSleeperAsync()
    {
        using HttpResponseMessage create = await Api.PostTextAsync("/containers/create", """{"Image":"busybox","Cmd":["sleep","1000"]}""");
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
