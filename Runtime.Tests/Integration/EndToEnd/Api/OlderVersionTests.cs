using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Api;

/// <summary>What requests of older API versions mean, where that has changed since.</summary>
public sealed class OlderVersionTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData("1.39", "shareable")]
    [InlineData("1.40", "private")]
    public async Task Default_of_the_ipc_mode(string version, string mode)
    {
        string id = await CreateAsync(version, """{"Image":"busybox","Cmd":["true"]}""");

        Assert.Equal(mode, await InspectAsync(id, "{{.HostConfig.IpcMode}}"));
    }

    [RootTheory]
    [InlineData("1.24", "false")]
    [InlineData("1.25", "true")]
    public async Task Removal_at_the_end_came_with_1_25(string version, string removed)
    {
        string id = await CreateAsync(version, """{"Image":"busybox","Cmd":["true"],"HostConfig":{"AutoRemove":true}}""");

        Assert.Equal(removed, await InspectAsync(id, "{{.HostConfig.AutoRemove}}"));
    }

    [RootTheory]
    [InlineData("1.41", "term")]
    [InlineData("1.42", "usr1")]
    public async Task Signal_of_a_stop_came_with_1_42(string version, string received)
    {
        string id = await StartAsync("trap 'echo term; exit' TERM; trap 'echo usr1; exit' USR1; echo ready; while :; do sleep 0.05; done");
        await Eventually.HoldsAsync("the traps are set", async () => (await DockerAsync("logs", id)).Stdout.Contains("ready", StringComparison.Ordinal));

        using HttpResponseMessage stop = await Api.PostAsync($"/v{version}/containers/{id}/stop?signal=USR1");

        Assert.Equal(204, (int)stop.StatusCode);
        Assert.Contains(received, (await DockerAsync("logs", id)).Stdout, StringComparison.Ordinal);
    }

    /// <summary>The oldest clients know no conditions, and wait for an answer with a length.</summary>
    [RootFact]
    public async Task Wait_of_1_29_answers_when_the_container_ends()
    {
        string id = await StartAsync("sleep 0.2; exit 4");

        using HttpResponseMessage answer = await Api.PostAsync($"/v1.29/containers/{id}/wait?condition=nonsense");

        Assert.NotNull(answer.Content.Headers.ContentLength);
        Assert.Equal(4, (int)JObject.Parse(await answer.Content.ReadAsStringAsync())["StatusCode"]!);
    }

    [RootTheory]
    [InlineData("1.41", "application/vnd.docker.raw-stream")]
    [InlineData("1.42", "application/vnd.docker.multiplexed-stream")]
    public async Task Type_of_a_log(string version, string type)
    {
        string id = (await DockerAsync("create", "busybox", "true")).Exits(0).Line;

        using HttpResponseMessage answer = await Api.GetAsync($"/v{version}/containers/{id}/logs?stdout=1");

        Assert.Equal(type, answer.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType);
    }

    [RootFact]
    public async Task Sizes_and_directories_of_an_exec_came_later()
    {
        string id = await StartAsync("sleep 1000");
        const string Exec = """{"Cmd":["sh","-c","pwd; echo $MINE"],"AttachStdout":true,"WorkingDir":"/tmp","Env":["MINE=x"]}""";

        Assert.Equal("/\n\n", await RunExecAsync("1.24", id, Exec));
        Assert.Equal("/tmp\nx\n", await RunExecAsync("1.35", id, Exec));
    }

    private async Task<string> CreateAsync(string version, string body)
    {
        using HttpResponseMessage created = await Api.PostTextAsync($"/v{version}/containers/create", body);
        string answer = await created.Content.ReadAsStringAsync();
        Assert.True((int)created.StatusCode == 201, answer);
        return (string)JObject.Parse(answer)["Id"]!;
    }

    private async Task<string> RunExecAsync(string version, string id, string body)
    {
        using HttpResponseMessage created = await Api.PostTextAsync($"/v{version}/containers/{id}/exec", body);
        string exec = (string)JObject.Parse(await created.Content.ReadAsStringAsync())["Id"]!;
        await using System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v{version}/exec/{exec}/start HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{{\"Tty\":true}}"));
        using StreamReader answer = new(connection, Encoding.Latin1);
        string text = await answer.ReadToEndAsync().WaitAsync(Command.Patience);
        string stream = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];

        // One frame per write of the shell.
        StringBuilder output = new();
        for (int start = 0; start < stream.Length;)
        {
            int length = (stream[start + 6] << 8) | stream[start + 7];
            output.Append(stream.AsSpan(start + 8, length));
            start += 8 + length;
        }

        return output.ToString();
    }
}
