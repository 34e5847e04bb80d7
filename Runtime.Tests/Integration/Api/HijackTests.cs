using Xunit;

namespace Rtd.Tests.Integration.Api;

/// <summary>Requests that take their connection over.</summary>
public sealed class HijackTests
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";
    private const string Json = "Content-Type: application/json\r\n";

    public static TheoryData<bool, string> Places => new()
    {
        { false, "" },
        { true, "" },
        { false, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n" },
        { true, "GET /hello HTTP/1.1\r\nHost: x\r\n\r\nPOST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n" },
    };

    [Theory]
    [InlineData("/shout", true, "HTTP/1.1 101 UPGRADED", "multiplexed")]
    [InlineData("/shout?tty=1", true, "HTTP/1.1 101 UPGRADED", "raw")]
    [InlineData("/v1.42/shout", true, "HTTP/1.1 101 UPGRADED", "multiplexed")]
    [InlineData("/v1.41/shout", true, "HTTP/1.1 101 UPGRADED", "raw")]
    [InlineData("/shout", false, "HTTP/1.1 200 OK", "raw")]
    [InlineData("/shout?tty=1", false, "HTTP/1.1 200 OK", "raw")]
    public async Task Head_says_what_the_stream_is(string target, bool upgrade, string status, string kind)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"POST {target} HTTP/1.1\r\nHost: x\r\n{(upgrade ? Upgrade : "")}\r\n");

        string head = await client.ReadUntilAsync("\r\n\r\n");

        Assert.StartsWith(status + "\r\n", head);
        Assert.Contains($"\r\nContent-Type: application/vnd.docker.{kind}-stream\r\n", head);
        Assert.Equal(upgrade, head.Contains("\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n"));
        Assert.Contains("\r\nApi-Version: 1.51\r\n", head);
        Assert.DoesNotContain("Content-Length", head);
        Assert.DoesNotContain("Transfer-Encoding", head);
    }

    /// <summary>Both ways at once, then the client's half-close, after which the server still has something to say.</summary>
    [Theory]
    [MemberData(nameof(Places))]
    public async Task Output_goes_on_after_the_end_of_input(bool tcp, string before)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = tcp ? host.ConnectTcp() : host.Connect();
        client.Send($"{before}POST /shout HTTP/1.1\r\nHost: x\r\n{Upgrade}\r\nearly ");
        string answers = await client.ReadUntilAsync("UPGRADED");
        Assert.Equal(before.Length > 0, answers.Contains("hello 1.51"));
        await client.ReadUntilAsync("\r\n\r\n");

        Assert.Equal("EARLY ", await client.ReadAsync(6));
        client.Send("late");
        Assert.Equal("LATE", await client.ReadAsync(4));
        client.EndInput();
        Assert.Equal("<end>", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Used_keep_alive_connection_can_be_hijacked()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        for (int i = 0; i < 20; i++)
        {
            client.Send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.Equal("hello 1.51", (await client.ReadAnswerAsync()).Body);
        }

        client.Send($"POST /exec/e1/start HTTP/1.1\r\nHost: x\r\n{Upgrade}{Json}Content-Length: 13\r\n\r\n{{\"Name\":\"ls\"}}x");
        await client.ReadUntilAsync("\r\n\r\n");
        client.EndInput();

        Assert.Equal("[e1 ls]X<end>", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(Upgrade, "Content-Length: 14\r\n\r\n{\"Name\":\"ls\"} ")]
    [InlineData("", "Content-Length: 14\r\n\r\n{\"Name\":\"ls\"} ")]
    [InlineData(Upgrade, "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"Na\r\n9;x=y\r\nme\":\"ls\"}\r\n0\r\nT: 1\r\n\r\n")]
    [InlineData("", "Transfer-Encoding: chunked\r\n\r\n4\r\n{\"Na\r\n9\r\nme\":\"ls\"}\r\n0\r\n\r\n")]
    public async Task Body_ends_where_its_framing_says_and_the_rest_is_the_stream(string upgrade, string body)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        foreach (char c in $"POST /v1.45/exec/e%201/start HTTP/1.1\r\nHost: x\r\n{upgrade}{Json}{body}stdin\r\n")
        {
            client.Send(c.ToString());
        }

        client.EndInput();
        await client.ReadUntilAsync("\r\n\r\n");

        Assert.Equal("[e 1 ls]STDIN\r\n<end>", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Expect_continue_comes_before_the_body_and_the_101_after()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"POST /exec/e1/start HTTP/1.1\r\nHost: x\r\n{Upgrade}{Json}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await client.ReadUntilAsync("\r\n\r\n"));
        client.Send("{}");
        Assert.StartsWith("HTTP/1.1 101 ", await client.ReadUntilAsync("\r\n\r\n"));
        Assert.Equal("[e1 ]", await client.ReadAsync(5));
    }

    [Theory]
    [InlineData("POST /containers/c1/attach?stream=1", "", 404, "{\"message\":\"No such container: c1\"}\n")]
    [InlineData("POST /v1.99/containers/c1/attach", "", 400, "{\"message\":\"client version 1.99 is too new. Maximum supported API version is 1.51\"}\n")]
    [InlineData("POST /exec/e1/start", "{\"Name\":", 400, "{\"message\":\"invalid JSON: syntax error at line 1, column 9\"}\n")]
    [InlineData("POST /exec/e1/start", "{\"Detach\":true}", 200, "")]
    public async Task Answer_before_the_hijack_is_an_ordinary_one(string request, string body, int status, string answer)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"{request} HTTP/1.1\r\nHost: x\r\n{Upgrade}{Json}Content-Length: {body.Length}\r\n\r\n{body}");

        (string head, string found) = await client.ReadAnswerAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", head);
        Assert.Equal(answer, found);
        Assert.Contains("\r\nApi-Version: 1.51\r\n", head);
        Assert.Equal("", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Json_of_more_than_four_mebibytes_is_refused()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"POST /exec/e1/start HTTP/1.1\r\nHost: x\r\n{Upgrade}{Json}Content-Length: {10 << 20}\r\n\r\n");

        (string head, string answer) = await client.ReadAnswerAsync();

        Assert.StartsWith("HTTP/1.1 400 ", head);
        Assert.Contains("limited to 4 MiB", answer);
    }

    [Fact]
    public async Task Other_method_on_a_hijack_route_is_not_found()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"GET /shout HTTP/1.1\r\nHost: x\r\n{Upgrade}\r\n");

        Assert.StartsWith("HTTP/1.1 404 ", (await client.ReadAnswerAsync()).Head);
    }

    /// <summary>A close with unread bytes would be a reset, and cost the client the end of its output.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Output_is_whole_though_input_was_left_unread(bool tcp)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        for (int i = 0; i < 50; i++)
        {
            using RawClient client = tcp ? host.ConnectTcp() : host.Connect();
            client.Send($"POST /brief HTTP/1.1\r\nHost: x\r\n{Upgrade}\r\n{new string('x', 5000)}");
            Assert.EndsWith("\r\n\r\nbye", await client.ReadToEndAsync());
        }
    }

    [Fact]
    public async Task Half_close_does_not_abort_but_the_full_close_does()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        RawClient client = host.Connect();
        client.Send($"POST /silent HTTP/1.1\r\nHost: x\r\n{Upgrade}\r\n");
        await client.ReadUntilAsync("\r\n\r\n");
        client.EndInput();
        await host.Waiting.WaitAsync();
        Assert.False(await host.Gone.WaitAsync(TimeSpan.FromMilliseconds(100)));

        client.Dispose();

        Assert.True(await host.Gone.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    /// <summary>The handler does not read: the client's bytes fill the socket, and its end must be seen all the same.</summary>
    [Fact]
    public async Task Lost_client_is_noticed_behind_unread_input()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        RawClient client = host.Connect();
        client.Send($"POST /silent HTTP/1.1\r\nHost: x\r\n{Upgrade}\r\n{new string('x', 50_000)}");
        await client.ReadUntilAsync("\r\n\r\n");
        client.Dispose();

        Assert.True(await host.Gone.WaitAsync(TimeSpan.FromSeconds(60)));
    }
}
