using Xunit;

namespace Rtd.Tests.Integration.Api;

/// <summary>Versions, headers, JSON bodies and errors of ordinary requests.</summary>
public sealed class AnswerTests
{
    [Theory]
    [InlineData("/hello", 200, "hello 1.51")]
    [InlineData("/v1.24/hello", 200, "hello 1.24")]
    [InlineData("/v1.51/hello", 200, "hello 1.51")]
    [InlineData("/v1.52/hello", 400, "{\"message\":\"client version 1.52 is too new. Maximum supported API version is 1.51\"}\n")]
    [InlineData("/v1.23/hello", 400, "{\"message\":\"client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version\"}\n")]
    [InlineData("/v1/hello", 400, "{\"message\":\"client version 1 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version\"}\n")]
    [InlineData("/v1.x/hello", 404, "{\"message\":\"page not found\"}\n")]
    [InlineData("/v1.99/nowhere", 404, "{\"message\":\"page not found\"}\n")]
    [InlineData("/nowhere", 404, "{\"message\":\"page not found\"}\n")]
    [InlineData("/count", 404, "{\"message\":\"page not found\"}\n")]
    [InlineData("/", 404, "{\"message\":\"page not found\"}\n")]
    [InlineData("/images/a/b%2Fc:d@e/json?x=1", 200, "a/b/c:d@e")]
    [InlineData("http://x/v1.30/hello", 200, "hello 1.30")]
    [InlineData("/conflict", 409, "{\"message\":\"it is in use\"}\n")]
    [InlineData("/broken", 500, "{\"message\":\"internal error: first line\"}\n")]
    public async Task Path_leads_to_its_answer_with_all_headers(string target, int status, string body)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n");

        (string head, string answer) = await client.ReadAnswerAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", head);
        Assert.Equal(body, answer);
        Assert.Contains("\r\nApi-Version: 1.51\r\n", head);
        Assert.Contains("\r\nOstype: linux\r\n", head);
        Assert.Contains("\r\nDocker-Experimental: false\r\n", head);
        Assert.Matches("\r\nServer: Docker/[0-9.]+ \\(linux\\)\r\n", head);
    }

    [Fact]
    public async Task Head_request_is_not_found_where_only_get_is_mapped()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        string answer = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 404 ", answer);
        Assert.EndsWith("\r\n\r\n", answer);
    }

    [Theory]
    [InlineData("application/json", "{\"Name\":\"n\",\"when\":\"2020-01-02T03:04:05.60Z\",\"Items\":null}", 200,
        "{\"Name\":\"n\",\"Detach\":false,\"When\":\"2020-01-02T03:04:05.6Z\",\"Items\":null}\n")]
    [InlineData("application/json; charset=utf-8", "{}", 200, "{\"Name\":\"\",\"Detach\":false,\"When\":\"0001-01-01T00:00:00Z\",\"Items\":null}\n")]
    [InlineData("application/json", "{\"Name\":", 400, "{\"message\":\"invalid JSON: syntax error at line 1, column 9\"}\n")]
    [InlineData("application/json", "   ", 400, "{\"message\":\"invalid JSON: got EOF while reading request body\"}\n")]
    [InlineData("application/json", "{'Name':1}", 400, "{\"message\":\"invalid JSON: syntax error at line 1, column 2\"}\n")]
    [InlineData("application/json", "{} {}", 400, "{\"message\":\"unexpected content after JSON\"}\n")]
    [InlineData("application/json", "[1]", 400, "{\"message\":\"invalid JSON: document has the wrong type\"}\n")]
    [InlineData("application/json", "null", 400, "{\"message\":\"invalid JSON: got null where an object is needed\"}\n")]
    [InlineData("application/json", "{\"Detach\":\"perhaps\"}", 400, "{\"message\":\"invalid JSON: value of \\\"Detach\\\" has the wrong type\"}\n")]
    [InlineData("application/json", "{\"Items\":{}}", 400, "{\"message\":\"invalid JSON: value of \\\"Items\\\" has the wrong type\"}\n")]
    [InlineData("text/plain", "{}", 400, "{\"message\":\"unsupported Content-Type header (text/plain): must be 'application/json'\"}\n")]
    [InlineData("application/x-www-form-urlencoded", "{}", 400, "{\"message\":\"unsupported Content-Type header (application/x-www-form-urlencoded): must be 'application/json'\"}\n")]
    [InlineData("", "{}", 400, "{\"message\":\"malformed Content-Type header (): must be 'application/json'\"}\n")]
    public async Task Json_body_is_read_strictly_and_written_as_go_does(string contentType, string body, int status, string answer)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n{body}");

        (string head, string found) = await client.ReadAnswerAsync();

        Assert.Equal(answer, found);
        Assert.StartsWith($"HTTP/1.1 {status} ", head);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    public async Task Deep_nesting_is_refused_and_the_server_lives(string open, string close)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        string deep = string.Concat(Enumerable.Repeat(open, 10_000)) + "1" + string.Concat(Enumerable.Repeat(close, 10_000));
        client.Send($"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {deep.Length}\r\n\r\n{deep}");
        Assert.Contains("nested deeper than 64 levels", (await client.ReadAnswerAsync()).Body);

        client.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("hello 1.51", (await client.ReadAnswerAsync()).Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Json_of_10_MB_is_refused_and_the_connection_goes_on(bool chunked)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        string body = $"{{\"Name\":\"{new string('x', 10 << 20)}\"}}";
        string framed = chunked
            ? $"Transfer-Encoding: chunked\r\n\r\n{body.Length:x}\r\n{body}\r\n0\r\n\r\n"
            : $"Content-Length: {body.Length}\r\n\r\n{body}";

        // The answer comes while the body is still on its way.
        Task sent = Task.Run(() => client.Send($"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{framed}GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"));
        (string head, string answer) = await client.ReadAnswerAsync();
        await sent;

        Assert.StartsWith("HTTP/1.1 400 ", head);
        Assert.Contains("request body is too large", answer);
        Assert.Equal("hello 1.51", (await client.ReadAnswerAsync()).Body);
    }

    [Fact]
    public async Task Stream_that_breaks_is_not_ended_as_if_whole()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send("GET /half HTTP/1.1\r\nHost: x\r\n\r\n");

        string answer = await client.ReadToEndAsync();

        Assert.Contains("part", answer);
        Assert.DoesNotContain("\r\n0\r\n", answer);
    }

    [Fact]
    public async Task Idle_connections_end_when_the_server_stops_and_requests_in_flight_are_let_end()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient idle = host.Connect();
        idle.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
        await idle.ReadAnswerAsync();
        using RawClient untouched = host.Connect();
        using RawClient busy = host.Connect();
        busy.Send("POST /wait HTTP/1.1\r\nHost: x\r\n\r\n");
        await host.Waiting.WaitAsync();

        Task stopped = host.StopAsync(CancellationToken.None);

        Assert.Equal("", await idle.ReadToEndAsync());
        Assert.Equal("", await untouched.ReadToEndAsync());
        Assert.False(stopped.IsCompleted);
        host.Release.SetResult();
        Assert.Contains("released", await busy.ReadToEndAsync());
        await stopped;
        Assert.False(File.Exists(host.Path));
    }
}
