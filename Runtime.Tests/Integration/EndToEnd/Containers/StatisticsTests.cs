using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>docker stats</c> against the real cgroups.</summary>
public sealed class StatisticsTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootFact]
    public async Task Sample_shows_what_the_container_does()
    {
        string id = await StartAsync("dd if=/dev/zero of=/dev/shm/held bs=1M count=20 2>/dev/null; while :; do :; done", "--memory", "100m", "--pids-limit", "50", "--cpus", "0.3");
        JToken sample = JValue.CreateNull();
        await Eventually.HoldsAsync("memory is held and CPU time used", async () =>
        {
            sample = await Api.GetJsonAsync($"/containers/{id}/stats?stream=0");
            return (long)sample["memory_stats"]!["usage"]! > 20 << 20 && (long)sample["cpu_stats"]!["throttling_data"]!["throttled_periods"]! > 0;
        });

        Assert.Equal(100L << 20, (long)sample["memory_stats"]!["limit"]!);
        Assert.Equal(50, (long)sample["pids_stats"]!["limit"]!);
        Assert.InRange((long)sample["pids_stats"]!["current"]!, 1, 2);
        Assert.True((long)sample["cpu_stats"]!["cpu_usage"]!["total_usage"]! > (long)sample["precpu_stats"]!["cpu_usage"]!["total_usage"]!);
        Assert.True((long)sample["cpu_stats"]!["system_cpu_usage"]! > (long)sample["precpu_stats"]!["system_cpu_usage"]!);
        Assert.Equal(Environment.ProcessorCount, (int)sample["cpu_stats"]!["online_cpus"]!);
        Assert.NotNull(sample["networks"]!["eth0"]!["rx_bytes"]);
        Assert.Equal(JTokenType.Object, sample["memory_stats"]!["stats"]!.Type);
    }

    [RootFact]
    public async Task Network_counters_are_the_container_s_own()
    {
        string id = await StartAsync("sleep 1000");
        string address = await InspectAsync(id, "{{.NetworkSettings.IPAddress}}");
        (await Host.RunAsync("ping", "-c", "5", "-i", "0.01", "-s", "1000", "-q", address)).Exits(0);

        JToken sample = await Api.GetJsonAsync($"/containers/{id}/stats?stream=0&one-shot=1");

        Assert.True((long)sample["networks"]!["eth0"]!["rx_bytes"]! >= 5000, sample.ToString());
        Assert.Equal("0001-01-01T00:00:00Z", sample["preread"]!.ToString(Newtonsoft.Json.Formatting.None).Trim('"'));
    }

    [RootTheory]
    [InlineData("host")]
    [InlineData("none")]
    public async Task Container_without_a_network_of_its_own_has_no_counters(string network)
    {
        string id = await StartAsync("sleep 1000", "--network", network);

        Assert.Null((await Api.GetJsonAsync($"/containers/{id}/stats?stream=0&one-shot=1"))["networks"]);
    }

    [RootFact]
    public async Task Stream_goes_on_over_a_stop_and_ends_with_the_container()
    {
        string id = await StartAsync("sleep 1000");
        using HttpRequestMessage request = new(HttpMethod.Get, $"/containers/{id}/stats");
        using HttpResponseMessage answer = await Api.SendAsync(request);
        using StreamReader lines = new(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(), Encoding.UTF8);
        JObject first = JObject.Parse((await lines.ReadLineAsync().WaitAsync(Command.Patience))!);
        Assert.True((long)first["cpu_stats"]!["cpu_usage"]!["total_usage"]! > 0);

        (await DockerAsync("kill", id)).Exits(0);
        JObject stopped = first;
        while (stopped["cpu_stats"]!["system_cpu_usage"] is not null)
        {
            stopped = JObject.Parse((await lines.ReadLineAsync().WaitAsync(Command.Patience))!);
        }

        Assert.Equal(id, (string?)stopped["id"]);
        (await DockerAsync("rm", id)).Exits(0);
        while (await lines.ReadLineAsync().WaitAsync(Command.Patience) is { } line)
        {
            Assert.Equal(id, (string?)JObject.Parse(line)["id"]);
        }
    }

    [RootFact]
    public async Task Docker_command_shows_a_table()
    {
        string id = await StartAsync("sleep 1000", "--name", "measured");

        CommandResult table = (await DockerAsync("stats", "--no-stream", "--format", "{{.Name}} {{.PIDs}} {{.MemUsage}}")).Exits(0);

        Assert.Matches(@"^measured 1 [\d.]+[KM]iB / [\d.]+[GM]iB", table.Line);
        Assert.NotEmpty(id);
    }

    [RootFact]
    public async Task Stream_and_one_shot_exclude_each_other()
    {
        string id = await StartAsync("sleep 1000");

        Assert.Equal("cannot have stream=true and one-shot=true", await EngineApi.ErrorAsync(await Api.GetAsync($"/containers/{id}/stats?one-shot=1"), 400));
        await EngineApi.ErrorAsync(await Api.GetAsync("/containers/nobody/stats"), 404);
    }

    /// <summary>A client that neither reads nor closes, and one that vanishes, keep nothing: the leak check after the test sees the loop's remains.</summary>
    [RootFact]
    public async Task Clients_that_vanish_cost_nothing()
    {
        string id = await StartAsync("sleep 1000");
        for (int round = 0; round < 20; round++)
        {
            await using System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync();
            await connection.WriteAsync(Encoding.ASCII.GetBytes($"GET /containers/{id}/stats HTTP/1.1\r\nHost: docker\r\n\r\n"));
            Assert.Equal(1, await connection.ReadAsync(new byte[1]));
        }
    }
}
