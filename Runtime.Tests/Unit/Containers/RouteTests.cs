using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Routes;
using Rtd.Daemon.Errors;
using Rtd.Tests.Unit.Containers.Fakes;

namespace Rtd.Tests.Unit.Containers;

public sealed class RouteTests : IDisposable
{
    private readonly ContainerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Wait_sends_its_headers_before_the_container_ends()
    {
        string id = await _host.StartAsync();
        DefaultHttpContext http = new();
        using MemoryStream body = new();
        http.Response.Body = body;
        Task request = CallAsync("POST", "/containers/{id}/wait", http, id);
        Assert.Equal(200, http.Response.StatusCode);
        Assert.Equal("application/json", http.Response.ContentType);
        Assert.False(request.IsCompleted);
        _host.Execution.Last.Exit(17);
        await request.WaitAsync(ContainerHost.Patience);
        Assert.Equal(17, JObject.Parse(Encoding.UTF8.GetString(body.ToArray()))["StatusCode"]!.Value<int>());
    }

    [Theory]
    [InlineData("?stdout=1&stderr=1", "1:one\n2:two\n1:three\n")]
    [InlineData("?stdout=1", "1:one\n1:three\n")]
    [InlineData("?stdout=1&stderr=1&tail=1", "1:three\n")]
    [InlineData("?stdout=1&stderr=1&tail=all", "1:one\n2:two\n1:three\n")]
    [InlineData("?stdout=1&stderr=1&tail=0", "")]
    [InlineData("?stdout=1&since=4102444800", "")]
    [InlineData("?stdout=1&until=1", "")]
    [InlineData("?stdout=1&until=0", "1:one\n1:three\n")]
    public async Task Logs_are_framed_and_chosen(string query, string expected)
    {
        string id = await PrintAsync(tty: false);
        Assert.Equal(expected, Unframe(await LogsAsync(id, query, "application/vnd.docker.multiplexed-stream")));
    }

    [Fact]
    public async Task Logs_of_a_terminal_are_raw()
    {
        string id = await PrintAsync(tty: true);
        Assert.Equal("one\ntwo\nthree\n", Encoding.UTF8.GetString(await LogsAsync(id, "?stdout=1&stderr=1", "application/vnd.docker.raw-stream")));
    }

    [Fact]
    public async Task Timestamps_stand_before_each_line_and_once_before_a_long_one()
    {
        string id = await _host.StartAsync(config: config => config.Tty = true);
        await _host.Execution.Last.PrintAsync(new string('x', 40_000) + "\n");
        await _host.EndAsync(id, 0);
        string text = Encoding.UTF8.GetString(await LogsAsync(id, "?stdout=1&timestamps=1", "application/vnd.docker.raw-stream"));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z x{40000}\n$", text);
    }

    [Fact]
    public async Task Follow_ends_with_the_container()
    {
        string id = await _host.StartAsync();
        DefaultHttpContext http = new();
        using MemoryStream body = new();
        http.Response.Body = body;
        http.Request.QueryString = new("?stdout=1&follow=1");
        Task request = CallAsync("GET", "/containers/{id}/logs", http, id);
        await _host.Execution.Last.PrintAsync("late\n");
        Assert.False(request.IsCompleted);
        _host.Execution.Last.Exit(0);
        await request.WaitAsync(ContainerHost.Patience);
        Assert.Equal("1:late\n", Unframe(body.ToArray()));
    }

    [Fact]
    public async Task Logs_need_a_stream_and_a_driver_that_reads()
    {
        string id = await _host.CreateAsync(host: host => host.LogConfig = new() { Type = "none" });
        EngineException none = await Assert.ThrowsAsync<EngineException>(() => LogsAsync(id, "", ""));
        Assert.Equal("Bad parameters: you must choose at least one stream", none.Message);
        EngineException unreadable = await Assert.ThrowsAsync<EngineException>(() => LogsAsync(id, "?stdout=1", ""));
        Assert.Equal((ErrorKind.NotImplemented, "configured logging driver does not support reading"), (unreadable.Kind, unreadable.Message));
    }

    [Theory]
    [InlineData("POST", "/containers/{id}/wait", "?condition=never", nameof(ErrorKind.InvalidParameter))]
    [InlineData("POST", "/containers/{id}/resize", "?h=1", nameof(ErrorKind.InvalidParameter))]
    [InlineData("POST", "/containers/{id}/resize", "?h=1&w=70000", nameof(ErrorKind.InvalidParameter))]
    [InlineData("DELETE", "/containers/{id}", "?link=1", nameof(ErrorKind.NotImplemented))]
    [InlineData("POST", "/containers/{id}/stop", "?t=x", nameof(ErrorKind.InvalidParameter))]
    [InlineData("GET", "/containers/{id}/top", "?ps_args=-o%20pid", nameof(ErrorKind.InvalidParameter))]
    public async Task Bad_requests_are_refused(string method, string template, string query, string kind)
    {
        string id = await _host.StartAsync();
        DefaultHttpContext http = new();
        http.Request.QueryString = new(query);
        Assert.Equal(kind, (await Assert.ThrowsAsync<EngineException>(() => CallAsync(method, template, http, id))).Kind.ToString());
    }

    private async Task<string> PrintAsync(bool tty)
    {
        string id = await _host.StartAsync(config: config => config.Tty = tty);
        await _host.Execution.Last.PrintAsync("one\n");
        await _host.Execution.Last.PrintAsync("two\n", tty ? Rtd.Daemon.Execution.OutputStream.Stdout : Rtd.Daemon.Execution.OutputStream.Stderr);
        await _host.Execution.Last.PrintAsync("three\n");
        await _host.EndAsync(id, 0);
        return id;
    }

    private async Task<byte[]> LogsAsync(string id, string query, string contentType)
    {
        DefaultHttpContext http = new();
        using MemoryStream body = new();
        http.Response.Body = body;
        http.Request.QueryString = new(query);
        await CallAsync("GET", "/containers/{id}/logs", http, id);
        Assert.Equal(contentType, http.Response.ContentType);
        return body.ToArray();
    }

    private Task CallAsync(string method, string template, HttpContext http, string id)
    {
        RouteTable routes = new();
        new ContainerRoutes(_host.Service).Register(routes);
        string path = template.Replace("{id}", id, StringComparison.Ordinal);
        RouteMatch match = routes.Match(method, path);
        return match.Route!.Handler!(new ApiContext(http, new Version(1, 51), match.Values));
    }

    private static string Unframe(byte[] frames)
    {
        StringBuilder text = new();
        for (int start = 0; start < frames.Length;)
        {
            int length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frames.AsSpan(start + 4));
            text.Append((int)frames[start]).Append(':').Append(Encoding.UTF8.GetString(frames, start + 8, length));
            start += 8 + length;
        }

        return text.ToString();
    }
}
