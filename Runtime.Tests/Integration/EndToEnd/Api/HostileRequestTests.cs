using System.Text;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Api;

/// <summary>Targets, queries and bodies made to confuse: refused with a 4xx status at once, and the daemon goes on. Framing is in <c>Integration/Api</c>.</summary>
public sealed class HostileRequestTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    public static TheoryData<string> Targets => new(
        "/containers/%2e%2e%2f%2e%2e%2fetc/json",
        "/containers/../../../etc/passwd",
        "/containers/..%2f..%2fimages/json",
        "/containers/%00/json",
        "/containers/a%00b/json",
        "/containers/%ff%fe/json",
        "/containers/%zz/json",
        "/containers/%/json",
        "/containers/a%2fb/json",
        "/containers/a%0d%0aX:%20y/json",
        "/containers//json",
        "/images/..%2f..%2f..%2fetc%2fpasswd/json",
        "/images/%00/json",
        "/networks/..%2f..%2fetc",
        "/volumes/..%2f..%2fetc",
        "/volumes/%00",
        "/exec/%2e%2e/json",
        "/v1.51/v1.51/containers/json",
        "/v999999999999999999999.1/containers/json",
        "/v1.51.1.1.1.1/containers/json",
        "/v1..51/info",
        "/v/info",
        "/v1.23/info",
        "/v1.52/info",
        "/containers/json?filters=%7B",
        "/containers/json?filters=%ff%fe",
        "/containers/json?filters=%7B%22label%22%3A5%7D",
        "/containers/json?filters=%7B%22nosuch%22%3A%5B%22x%22%5D%7D",
        "/containers/json?filters=%7B%22status%22%3A%5B%22nosuch%22%5D%7D",
        "/containers/json?limit=nonsense",
        "/containers/json?limit=99999999999999999999",
        "/events?since=nonsense",
        "/events?until=99999999999999999999999",
        "/images/json?filters=%5B%5D");

    [RootTheory]
    [MemberData(nameof(Targets))]
    public async Task Target_is_refused(string target)
    {
        string answer = await SendAsync($"GET {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (301|400|404) ", answer);
        Assert.Contains("{\"message\":", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("root:x:", answer, StringComparison.Ordinal);
        await Api.PingAsync();
    }

    [RootTheory]
    [InlineData("{\"Image\":\"\\ud800\",\"Cmd\":[\"\\udfff\"]}")]
    [InlineData("{\"Image\":\"busybox\",\"Cmd\":[\"a\\u0000b\"]}")]
    [InlineData("{\"Image\":\"busybox\",\"Hostname\":\"a\\nb\"}")]
    [InlineData("{\"Image\":\"busybox\",\"Env\":[\"A=\\u0000\"]}")]
    [InlineData("{\"Image\":\"busybox\"}{\"Image\":\"busybox\"}")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Memory\":1e400}}")]
    [InlineData("{\"Image\":\"busybox\",\"HostConfig\":{\"Binds\":[\"/tmp:/m\\u0000\"]}}")]
    [InlineData("{\"$type\":\"System.IO.FileInfo\",\"Image\":\"/etc/passwd\"}")]
    public async Task Body_is_refused(string body)
    {
        using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", body);

        await EngineApi.ErrorAsync(response, 400, 404);
        Assert.Empty(await Api.GetJsonAsync("/containers/json?all=1"));
    }

    [RootFact]
    public async Task Bytes_that_are_no_utf_8_are_refused()
    {
        byte[] body = [.. "{\"Image\":\"busybox\",\"Cmd\":[\""u8, 0xff, 0xfe, 0xc0, 0xaf, .. "\"]}"u8];
        using ByteArrayContent content = new(body);
        content.Headers.ContentType = new("application/json");

        using HttpResponseMessage response = await Api.PostAsync("/containers/create", content);

        await EngineApi.ErrorAsync(response, 400);
    }

    /// <summary>Many values, a slow regular expression, no JSON at all.</summary>
    [RootFact]
    public async Task Huge_filters_are_answered()
    {
        (await DockerAsync("create", "--name", new string('a', 60), "busybox")).Exits(0);
        string many = "{\"label\":[" + string.Join(',', Enumerable.Range(0, 800).Select(number => $"\"l{number}\"")) + "]}";
        string slow = "{\"name\":[\"^(a+)+$!\"]}";

        Assert.StartsWith("HTTP/1.1 200", await SendAsync($"GET /containers/json?filters={Uri.EscapeDataString(many)} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.Matches("^HTTP/1.1 (200|400)", await SendAsync($"GET /containers/json?all=1&filters={Uri.EscapeDataString(slow)} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 400", await SendAsync($"GET /containers/json?filters={new string('x', 40 << 10)} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
    }

    /// <summary>Slow loris: heads that never end hold a connection each and nothing else.</summary>
    [RootFact]
    public async Task Many_unfinished_heads_do_not_keep_others_waiting()
    {
        List<System.Net.Sockets.NetworkStream> slow = [];
        for (int number = 0; number < 200; number++)
        {
            System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync();
            await connection.WriteAsync(Encoding.ASCII.GetBytes("GET /info HTTP/1.1\r\nHost: do"));
            slow.Add(connection);
        }

        await Api.PingAsync();
        Assert.NotEmpty((await DockerAsync("ps")).Exits(0).Stdout);
        foreach (System.Net.Sockets.NetworkStream connection in slow)
        {
            await connection.DisposeAsync();
        }
    }

    [RootTheory]
    [InlineData("1.23", "client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("1.99", "client version 1.99 is too new. Maximum supported API version is 1.51")]
    public async Task Version_out_of_range_is_refused_in_words_that_clients_parse(string version, string message)
    {
        Assert.Equal(message, await EngineApi.ErrorAsync(await Api.GetAsync($"/v{version}/info"), 400));
    }

    private async Task<string> SendAsync(string request)
    {
        await using System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.Latin1.GetBytes(request));
        using StreamReader answer = new(connection, Encoding.Latin1);
        return await answer.ReadToEndAsync().WaitAsync(Command.Patience);
    }
}
