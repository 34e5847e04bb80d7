using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Scale;

/// <summary>Clients that attach and vanish, that do not read, and that ask while others wait. Fds and threads are compared after each test.</summary>
[Collection(Heavy.Name)]
public sealed class VanishingClientTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const long MemoryAllowance = 48L << 20;

    [RootFact]
    public async Task Attach_and_vanish_leaves_memory_where_it_was()
    {
        string id = await StartAsync("while :; do echo a line of output; done");
        await VanishAsync(id, 50); // what is made once, and the heap's first growth
        long before = Resident();

        await VanishAsync(id, Amount.Attaches);

        Assert.Equal("true", await InspectAsync(id, "{{.State.Running}}"));
        (await DockerAsync("rm", "-f", id)).Exits(0);
        await Eventually.HoldsAsync("memory is back", () => Resident() - before < MemoryAllowance, () => $"{before >> 20} MiB before, {Resident() >> 20} MiB after");
    }

    /// <summary>Each holds at most a pipe's worth; the container waits for them, and when they are gone it goes on.</summary>
    [RootFact]
    public async Task Clients_that_do_not_read_cost_a_bounded_amount()
    {
        const int Clients = 16;
        string id = await StartAsync("while :; do cat /bin/busybox; done");
        long before = Resident();
        List<NetworkStream> silent = [];
        for (int number = 0; number < Clients; number++)
        {
            silent.Add(await AttachAsync(id));
        }

        string path = $"/containers/{id}/stats?stream=0&one-shot=1";
        long last = -1;
        await Eventually.HoldsAsync("the container waits for its readers", async () =>
        {
            long now = (long)(await Api.GetJsonAsync(path))["cpu_stats"]!["cpu_usage"]!["total_usage"]!;
            (bool same, last) = (now == last, now);
            return same;
        });
        long held = Resident() - before;
        foreach (NetworkStream client in silent)
        {
            await client.DisposeAsync();
        }

        await Eventually.HoldsAsync("it goes on", async () => (long)(await Api.GetJsonAsync(path))["cpu_stats"]!["cpu_usage"]!["total_usage"]! > last);
        Assert.True(held < MemoryAllowance + (Clients * (2L << 20)), $"{held >> 20} MiB are held for {Clients} clients");
    }

    [RootFact]
    public async Task Event_listener_that_does_not_read_is_cut_off_and_holds_nobody_up()
    {
        await using NetworkStream listener = await Api.ConnectAsync();
        await listener.WriteAsync("GET /events HTTP/1.1\r\nHost: docker\r\n\r\n"u8.ToArray());
        Assert.Equal(1, await listener.ReadAsync(new byte[1]));
        string id = (await DockerAsync("create", "--label", "wide=" + new string('x', 50_000), "busybox", "true")).Exits(0).Line;
        for (int number = 0; number < 300; number++)
        {
            using HttpResponseMessage renamed = await Api.PostAsync($"/containers/{id}/rename?name=renamed-{number}");
            Assert.Equal(204, (int)renamed.StatusCode);
        }

        Assert.Contains("renamed-299", (await DockerAsync("ps", "-a", "--format", "{{.Names}}")).Exits(0).Stdout, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task List_does_not_wait_for_a_container_that_is_being_stopped()
    {
        string id = await StartAsync("trap '' TERM; sleep 1000");
        Task<HttpResponseMessage> stop = Api.PostAsync($"/containers/{id}/stop?t=1000");
        await Eventually.HoldsAsync("the stop has begun", async () =>
        {
            using HttpResponseMessage events = await Api.GetAsync($"/events?since=10m&until=0s&filters={Uri.EscapeDataString($"{{\"container\":[\"{id}\"],\"event\":[\"kill\"]}}")}");
            return (await events.Content.ReadAsStringAsync()).Length > 0;
        });

        Assert.Equal(id, (string?)Assert.Single((JArray)await Api.GetJsonAsync("/containers/json"))["Id"]);
        Assert.Equal("true", await InspectAsync(id, "{{.State.Running}}"));
        Assert.False(stop.IsCompleted);
        (await DockerAsync("kill", id)).Exits(0);
        Assert.Equal(204, (int)(await stop).StatusCode);
    }

    private async Task VanishAsync(string id, int count)
    {
        for (int number = 0; number < count; number++)
        {
            await using NetworkStream client = await AttachAsync(id);
            Assert.True(await client.ReadAsync(new byte[100]) > 0);
        }
    }

    /// <summary>Attached, with the head of the answer read.</summary>
    private async Task<NetworkStream> AttachAsync(string id)
    {
        NetworkStream client = await Api.ConnectAsync();
        await client.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /containers/{id}/attach?stream=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"));
        byte[] status = new byte["HTTP/1.1 101".Length];
        await client.ReadExactlyAsync(status).AsTask().WaitAsync(Command.Patience);
        Assert.Equal("HTTP/1.1 101", Encoding.ASCII.GetString(status));
        return client;
    }

    /// <summary>Bytes of the daemon's memory that are resident.</summary>
    private long Resident()
    {
        string line = File.ReadLines($"/proc/{Daemon.Pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
