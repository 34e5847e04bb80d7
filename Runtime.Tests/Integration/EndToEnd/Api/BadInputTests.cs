using System.Text;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Api;

/// <summary>Requests that cannot be served get the right status and a message; nothing is left of them and the daemon goes on.</summary>
public sealed class BadInputTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData("""{"Image":"no-such-image"}""", 404, "No such image: no-such-image")]
    [InlineData("""{"Cmd":["true"]}""", 400, "")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Binds":["/a:relative"]}}""", 400, "relative")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Binds":["relative/path:/m"]}}""", 400, "relative/path")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Binds":["/a:/m:nosuchmode"]}}""", 400, "nosuchmode")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"bind","Source":"/no/such/directory","Target":"/m"}]}}""", 400, "bind source path does not exist: /no/such/directory")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Mounts":[{"Type":"nosuch","Target":"/m"}]}}""", 400, "nosuch")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Binds":["/a:/m","/b:/m"]}}""", 400, "Duplicate mount point: /m")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Memory":1000}}""", 400, "Minimum memory limit allowed is 6MB")]
    [InlineData("""{"Image":"busybox","HostConfig":{"RestartPolicy":{"Name":"sometimes"}}}""", 400, "sometimes")]
    [InlineData("""{"Image":"busybox","HostConfig":{"LogConfig":{"Type":"nosuch"}}}""", 400, "nosuch")]
    [InlineData("""{"Image":"busybox","StopSignal":"NOSUCH"}""", 400, "NOSUCH")]
    [InlineData("""{"Image":"busybox","Env":["=x"]}""", 400, "environment")]
    [InlineData("""{"Image":"busybox","WorkingDir":"relative"}""", 400, "relative")]
    [InlineData("""{"Image":"busybox","ExposedPorts":{"99999/tcp":{}}}""", 400, "99999")]
    [InlineData("""{"Image":"busybox","Cmd":"half""", 400, "")]
    [InlineData("""[1, 2]""", 400, "")]
    [InlineData("""{"Image":["busybox"]}""", 400, "")]
    [InlineData("""{"Image":"busybox","HostConfig":{"Memory":"much"}}""", 400, "")]
    [InlineData("", 400, "")]
    public async Task Container_that_cannot_be_is_refused(string body, int status, string message)
    {
        using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", body);

        Assert.Contains(message, await EngineApi.ErrorAsync(response, status), StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await Api.GetJsonAsync("/containers/json?all=1"));
        await Api.PingAsync();
    }

    [RootTheory]
    [InlineData("a b")]
    [InlineData("-a")]
    [InlineData("../escape")]
    [InlineData("a/b")]
    [InlineData("a")]
    [InlineData("ä")]
    public async Task Bad_name_is_refused(string name)
    {
        using HttpResponseMessage response = await Api.PostTextAsync($"/containers/create?name={Uri.EscapeDataString(name)}", """{"Image":"busybox"}""");

        Assert.Contains("Invalid container name", await EngineApi.ErrorAsync(response, 400), StringComparison.Ordinal);
    }

    /// <summary>A page of another origin is not told that it may read the answer, nor that it may ask for anything beyond what a form can.</summary>
    [RootTheory]
    [InlineData("GET", 200)]
    [InlineData("OPTIONS", 404)]
    public async Task Page_of_another_origin_gets_no_leave(string method, int status)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), "/containers/json");
        request.Headers.Add("Origin", "https://attacker.test");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage response = await Api.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.DoesNotContain(response.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [RootFact]
    public async Task Image_without_a_command_needs_one()
    {
        (await LoadAsync(ImageArchive.DockerSave("commandless:latest", ImageArchive.Tar(ImageArchive.Busybox())))).Exits(0);

        using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", """{"Image":"commandless","Entrypoint":[""]}""");

        Assert.Contains("no command specified", await EngineApi.ErrorAsync(response, 400), StringComparison.OrdinalIgnoreCase);
        (await DockerAsync("rmi", "commandless")).Exits(0);
    }

    [RootFact]
    public async Task Body_of_ten_megabytes_is_refused()
    {
        string body = $$$"""{"Image":"busybox","Labels":{"a":"{{{new string('x', 10 << 20)}}}"}}""";

        using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", body);

        Assert.InRange((int)response.StatusCode, 400, 499);
        await Api.PingAsync();
    }

    [RootFact]
    public async Task Deeply_nested_json_is_refused()
    {
        string body = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);

        using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", body);

        await EngineApi.ErrorAsync(response, 400);
        await Api.PingAsync();
    }

    [RootTheory]
    [InlineData("GET", "/no/such/path", 404)]
    [InlineData("GET", "/containers/nobody/json", 404)]
    [InlineData("GET", "/containers/nobody/logs?stdout=1", 404)]
    [InlineData("GET", "/containers/nobody/top", 404)]
    [InlineData("POST", "/containers/nobody/start", 404)]
    [InlineData("POST", "/containers/nobody/kill", 404)]
    [InlineData("POST", "/containers/nobody/wait", 404)]
    [InlineData("POST", "/containers/nobody/exec", 404)]
    [InlineData("GET", "/exec/nobody/json", 404)]
    [InlineData("DELETE", "/containers/nobody", 404)]
    [InlineData("GET", "/images/nobody/json", 404)]
    [InlineData("DELETE", "/images/nobody", 404)]
    [InlineData("GET", "/v1.10/containers/json", 400)]
    [InlineData("GET", "/v9.99/containers/json", 400)]
    public async Task What_is_not_there_is_told(string method, string path, int status)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (path.EndsWith("/exec", StringComparison.Ordinal))
        {
            request.Content = new StringContent("{\"Cmd\":[\"true\"]}", Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = await Api.SendAsync(request);

        await EngineApi.ErrorAsync(response, status);
    }

    [RootTheory]
    [InlineData("GET /containers/json\r\n\r\n")]
    [InlineData("NONSENSE\r\n\r\n")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}   ")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Length: nonsense\r\n\r\n{}")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n")]
    public async Task Bad_http_is_refused(string request)
    {
        string answer = await SendRawAsync(request);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        await Api.PingAsync();
    }

    [RootFact]
    public async Task Endless_headers_are_refused()
    {
        string answer = await SendRawAsync($"GET /_ping HTTP/1.1\r\nHost: docker\r\nX-Long: {new string('x', (1 << 20) + (8 << 10))}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
        await Api.PingAsync();
    }

    /// <summary>What the daemon answers before it closes the connection, after as much as it cares to read.</summary>
    private async Task<string> SendRawAsync(string request)
    {
        await using System.Net.Sockets.NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.Latin1.GetBytes(request));
        StringBuilder answer = new();
        byte[] buffer = new byte[4096];
        int count;
        do
        {
            count = await connection.ReadAsync(buffer).AsTask().WaitAsync(Command.Patience);
            answer.Append(Encoding.Latin1.GetString(buffer, 0, count));
        }
        while (count > 0 && !answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal));

        return answer.ToString();
    }
}
