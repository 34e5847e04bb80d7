using System.Text;
using Xunit;

namespace Rtd.Tests.Integration.Api;

/// <summary>Where requests begin and end on a connection, told byte by byte.</summary>
public sealed class FramingTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n";

    /// <summary>Each would let two readers of one connection disagree on where a request ends.</summary>
    public static TheoryData<string> Ambiguous => new(
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\nx",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\nx",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /count HTTP/1.1\r\nHost: x\r\nX: a\r\n\tContent-Length: 1\r\n\r\nx",
        "POST /count HTTP/1.1\r\nHost: x\r\nX: a\rContent-Length: 1\r\n\r\nx",
        "POST /count HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n",
        "POST /count HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /hello HTTP/1.1\nHost: x\n\n",
        "GET /hello HTTP/1.1\r\nHost: x\n\r\n",
        "GET /hello HTTP/1.1\r\nHost: x\r\n\n",
        "GET  /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hel lo HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /hello HTTP/1.1 \r\nHost: x\r\n\r\n",
        "GET /hello\r\n\r\n",
        "GET hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "G(T /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        " GET /hello HTTP/1.1\r\nHost: x\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\n");

    [Theory]
    [MemberData(nameof(Ambiguous))]
    public async Task Ambiguous_request_is_refused_and_nothing_behind_it_is_served(string request)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send(request + Hello);
        client.EndInput();

        string answers = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answers);
        Assert.Contains("{\"message\":\"malformed request", answers);
        Assert.DoesNotContain("hello 1.51", answers);
    }

    /// <summary>In a chunked body the fault shows when the handler has the request already.</summary>
    [Theory]
    [InlineData("5\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello!\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\n0\r\n\r\n")]
    [InlineData("5;a\nb\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5;a\rb\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n")]
    [InlineData("0x5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("-5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("\r\nhello\r\n0\r\n\r\n")]
    [InlineData("ffffffffffffffff5\r\nhello\r\n0\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nBad Trailer: x\r\n\r\n")]
    [InlineData("5\r\nhello\r\n0\r\nX: y\n\r\n")]
    public async Task Broken_chunks_end_the_connection_with_400(string body)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body + Hello);
        client.EndInput();

        string answers = await client.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 400 ", answers);
        Assert.DoesNotContain("hello 1.51", answers);
    }

    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", 5)]
    [InlineData("0\r\n\r\n", 0)]
    [InlineData("5;name=value;other\r\nhello\r\n00\r\n\r\n", 5)]
    [InlineData("0a\r\n0123456789\r\nA\r\n\r\n\r\n\r\n\r\n\r\n\r\n0\r\nX: y\r\nZ: 1\r\n\r\n", 20)]
    public async Task Chunked_body_arrives_whole_and_the_connection_goes_on(string body, int size)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        string request = "POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body;

        // Byte by byte, so that every state of the reader sees the end of a packet.
        foreach (char c in request)
        {
            client.Send(c.ToString());
        }

        Assert.Equal(size.ToString(), (await client.ReadAnswerAsync()).Body);
        client.Send(Hello);
        Assert.Equal("hello 1.51", (await client.ReadAnswerAsync()).Body);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        StringBuilder requests = new();
        for (int i = 0; i < 50; i++)
        {
            requests.Append($"GET /images/n{i}/json HTTP/1.1\r\nHost: x\r\n\r\nPOST /count HTTP/1.1\r\nHost: x\r\nContent-Length: {i}\r\n\r\n{new string('x', i)}");
        }

        client.Send(requests.ToString());

        for (int i = 0; i < 50; i++)
        {
            Assert.Equal($"n{i}", (await client.ReadAnswerAsync()).Body);
            Assert.Equal($"{i}", (await client.ReadAnswerAsync()).Body);
        }
    }

    [Fact]
    public async Task Unread_body_does_not_become_the_next_request()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        string inner = "GET /conflict HTTP/1.1\r\nHost: x\r\n\r\n";
        client.Send($"POST /ignore HTTP/1.1\r\nHost: x\r\nContent-Length: {inner.Length}\r\n\r\n{inner}{Hello}");

        Assert.Equal("ignored", (await client.ReadAnswerAsync()).Body);
        Assert.Equal("hello 1.51", (await client.ReadAnswerAsync()).Body);
    }

    [Fact]
    public async Task Head_of_a_mebibyte_and_four_KiB_is_the_most()
    {
        const int Most = (1 << 20) + (4 << 10);
        await using ApiHost host = await ApiHost.StartAsync();
        string frame = "GET /hello HTTP/1.1\r\nHost: x\r\nX: \r\n\r\n";
        using RawClient fits = host.Connect();
        fits.Send(frame.Insert(frame.Length - 4, new string('a', Most - frame.Length)));
        Assert.Equal("hello 1.51", (await fits.ReadAnswerAsync()).Body);
        fits.Send(frame.Insert("GET /hello".Length, "?a=" + new string('a', Most - frame.Length - 3)));
        Assert.Equal("hello 1.51", (await fits.ReadAnswerAsync()).Body);

        using RawClient tooLong = host.Connect();
        tooLong.Send(frame.Insert(frame.Length - 4, new string('a', Most - frame.Length + 1)));
        Assert.StartsWith("HTTP/1.1 431 ", await tooLong.ReadToEndAsync());

        using RawClient endless = host.Connect();
        endless.Send("GET /hello HTTP/1.1\r\nX: " + new string('a', Most));
        Assert.Contains("larger than 1028 KiB", await endless.ReadToEndAsync());
    }

    [Fact]
    public async Task Only_so_many_large_heads_are_held_at_a_time_and_the_next_one_waits()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string begun = "GET /hello HTTP/1.1\r\nHost: x\r\nX: " + new string('a', 1 << 20);
        List<RawClient> holders = [];
        try
        {
            // The kernel's buffers are far smaller than a head, so that a head that has been sent has been taken by the server.
            for (int i = 0; i < 16; i++)
            {
                holders.Add(host.Connect());
                holders[i].Send(begun);
            }

            using RawClient next = host.Connect();
            Task sending = Task.Run(() => next.Send(begun + "\r\n\r\n"));
            using RawClient small = host.Connect();
            small.Send(Hello);
            Assert.Equal("hello 1.51", (await small.ReadAnswerAsync()).Body);
            Assert.False(sending.IsCompleted);

            holders[0].Send("\r\n\r\n");
            Assert.Equal("hello 1.51", (await holders[0].ReadAnswerAsync()).Body);
            await sending;
            Assert.Equal("hello 1.51", (await next.ReadAnswerAsync()).Body);
        }
        finally
        {
            holders.ForEach(holder => holder.Dispose());
        }
    }

    [Fact]
    public async Task Slow_head_is_served_when_it_comes_and_refused_when_it_does_not()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        foreach (char c in "\r\n" + Hello)
        {
            client.Send(c.ToString());
        }

        Assert.Equal("hello 1.51", (await client.ReadAnswerAsync()).Body);

        await using ApiHost impatient = await ApiHost.StartAsync(headTimeout: TimeSpan.FromMilliseconds(50));
        using RawClient never = impatient.Connect();
        never.Send("GET /hello HTTP/1.1\r\nHo");
        Assert.StartsWith("HTTP/1.1 408 ", await never.ReadToEndAsync());
    }

    [Theory]
    [InlineData("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /hello HTTP/1.0\r\n\r\n")]
    public async Task Last_request_of_a_connection_is_the_last(string request)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send(request + Hello);

        string answers = await client.ReadToEndAsync();

        Assert.Equal(answers.IndexOf("hello 1.51", StringComparison.Ordinal), answers.LastIndexOf("hello 1.51", StringComparison.Ordinal));
        Assert.EndsWith("hello 1.51", answers);
    }

    [Theory]
    [InlineData("HTTP/1.1\r\nHost: x\r\nConnection: close")]
    [InlineData("HTTP/1.0")]
    public async Task Last_request_with_a_body_is_answered(string version)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send($"POST /json {version}\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{{\"Name\":\"ls\"}}");

        string answer = await client.ReadToEndAsync();

        Assert.Matches("^HTTP/1.1 200 ", answer);
        Assert.Contains("\"Name\":\"ls\"", answer);
    }

    [Fact]
    public async Task Half_close_after_a_request_still_gets_the_answer()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send("POST /wait HTTP/1.1\r\nHost: x\r\n\r\n");
        client.EndInput();
        await host.Waiting.WaitAsync();
        host.Release.SetResult();

        Assert.Contains("released", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Headers_come_before_the_body_and_a_lost_client_ends_the_handler(bool tcp)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using (RawClient client = tcp ? host.ConnectTcp() : host.Connect())
        {
            client.Send("POST /wait HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 OK", await client.ReadUntilAsync("\r\n\r\n"));
        }

        Assert.True(await host.Gone.WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Expect_continue_is_answered_before_the_body()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using RawClient client = host.Connect();
        client.Send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await client.ReadUntilAsync("\r\n\r\n"));
        client.Send("abc");
        Assert.Equal("3", (await client.ReadAnswerAsync()).Body);
    }
}
