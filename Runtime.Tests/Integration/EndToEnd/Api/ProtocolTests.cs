using System.Net.Sockets;
using System.Text;
using Newtonsoft.Json.Linq;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Api;

/// <summary>The API's manners that client libraries rely on: versions, headers, hijacked connections, early answers.</summary>
public sealed class ProtocolTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    [RootTheory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Ping(string method)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), "/_ping");
        using HttpResponseMessage response = await Api.SendAsync(request);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(method == "GET" ? "OK" : "", await response.Content.ReadAsStringAsync());
        Assert.Equal("linux", Assert.Single(response.Headers.GetValues("Ostype")));
        Assert.Equal("false", Assert.Single(response.Headers.GetValues("Docker-Experimental")));
        Assert.True(response.Headers.CacheControl!.NoCache);
        if (Tree.IsOwnDaemon)
        {
            Assert.Equal("1.51", Assert.Single(response.Headers.GetValues("Api-Version")));
        }
    }

    [RootFact]
    public async Task Every_version_from_1_24_is_accepted()
    {
        string newest = (string)(await Api.GetJsonAsync("/version"))["ApiVersion"]!;
        for (int minor = 24; minor <= int.Parse(newest.Split('.')[1], null); minor++)
        {
            Assert.Equal(JTokenType.Array, (await Api.GetJsonAsync($"/v1.{minor}/containers/json")).Type);
        }
    }

    [RootFact]
    public async Task Attach_carries_frames_and_half_close()
    {
        string id = await CreateAsync("""{"Image":"busybox","Cmd":["sh","-c","cat; echo err >&2; exit 3"],"OpenStdin":true,"StdinOnce":true,"AttachStdin":true,"AttachStdout":true,"AttachStderr":true}""");
        await using NetworkStream connection = await HijackAsync($"/v1.41/containers/{id}/attach?stream=1&stdin=1&stdout=1&stderr=1", "");
        using (HttpResponseMessage start = await Api.PostAsync($"/containers/{id}/start"))
        {
            Assert.Equal(204, (int)start.StatusCode);
        }

        await connection.WriteAsync("x\n"u8.ToArray());
        connection.Socket.Shutdown(SocketShutdown.Send);

        (string stdout, string stderr) = await ReadFramesAsync(connection);
        Assert.Equal("x\n", stdout);
        Assert.Equal("err\n", stderr);
    }

    [RootFact]
    public async Task Exec_start_hijacks_a_connection_that_was_used_before()
    {
        // docker-py keeps its connection alive between the two requests.
        string id = await StartAsync("sleep 1000");
        await using NetworkStream connection = await Api.ConnectAsync();
        string create = """{"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,"Cmd":["sh","-c","cat; echo err >&2"]}""";
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST /containers/{id}/exec HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {create.Length}\r\n\r\n{create}"));
        string headers = await ReadHeadersAsync(connection);
        Assert.StartsWith("HTTP/1.1 201", headers, StringComparison.Ordinal);
        string exec = (string)JObject.Parse(await ReadBodyAsync(connection, headers))["Id"]!;

        await HijackAsync(connection, $"/exec/{exec}/start", "{\"Detach\":false,\"Tty\":false}");
        await connection.WriteAsync("x\n"u8.ToArray());
        connection.Socket.Shutdown(SocketShutdown.Send);

        (string stdout, string stderr) = await ReadFramesAsync(connection);
        Assert.Equal("x\n", stdout);
        Assert.Equal("err\n", stderr);
        Assert.Equal(0, (int)(await Api.GetJsonAsync($"/exec/{exec}/json"))["ExitCode"]!);
    }

    [RootFact]
    public async Task Hijack_without_upgrade_answers_200_and_streams()
    {
        string id = await CreateAsync("""{"Image":"busybox","Cmd":["echo","x"],"AttachStdout":true}""");
        await using NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST /containers/{id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\n\r\n"));
        string headers = await ReadHeadersAsync(connection);
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Length", headers, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("chunked", headers, StringComparison.OrdinalIgnoreCase);

        using HttpResponseMessage start = await Api.PostAsync($"/containers/{id}/start");

        Assert.Equal("x\n", (await ReadFramesAsync(connection)).Stdout);
    }

    [RootFact]
    public async Task Wait_sends_its_headers_at_once()
    {
        string id = await CreateAsync("""{"Image":"busybox","Cmd":["sh","-c","exit 7"]}""");
        using HttpRequestMessage request = new(HttpMethod.Post, $"/containers/{id}/wait?condition=next-exit");
        using HttpResponseMessage wait = await Api.SendAsync(request);
        Assert.Equal(200, (int)wait.StatusCode);

        using HttpResponseMessage start = await Api.PostAsync($"/containers/{id}/start");

        Assert.Equal(7, (int)JObject.Parse(await wait.Content.ReadAsStringAsync())["StatusCode"]!);
    }

    [RootFact]
    public async Task Wait_for_removal_answers_after_it()
    {
        string id = await CreateAsync("""{"Image":"busybox","Cmd":["sh","-c","exit 7"],"HostConfig":{"AutoRemove":true}}""");
        using HttpRequestMessage request = new(HttpMethod.Post, $"/containers/{id}/wait?condition=removed");
        using HttpResponseMessage wait = await Api.SendAsync(request);
        using HttpResponseMessage start = await Api.PostAsync($"/containers/{id}/start");

        Assert.Equal(7, (int)JObject.Parse(await wait.Content.ReadAsStringAsync())["StatusCode"]!);
        using HttpResponseMessage gone = await Api.GetAsync($"/containers/{id}/json");
        Assert.Equal(404, (int)gone.StatusCode);
    }

    [RootFact]
    public async Task Expect_100_continue()
    {
        const string Body = """{"Image":"busybox"}""";
        await using NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST /containers/create HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\nExpect: 100-continue\r\n\r\n"));
        Assert.StartsWith("HTTP/1.1 100", await ReadHeadersAsync(connection), StringComparison.Ordinal);

        await connection.WriteAsync(Encoding.ASCII.GetBytes(Body));

        Assert.StartsWith("HTTP/1.1 201", await ReadHeadersAsync(connection), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Info_and_version_tell_what_this_is()
    {
        JToken version = await Api.GetJsonAsync("/version");
        Assert.Equal("linux", (string?)version["Os"]);
        Assert.Equal("amd64", (string?)version["Arch"]);
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), (string?)version["KernelVersion"]);

        await StartAsync("sleep 1000");
        JToken info = await Api.GetJsonAsync("/info");
        Assert.Equal(1, (int)info["Containers"]!);
        Assert.Equal(1, (int)info["ContainersRunning"]!);
        Assert.Equal(1, (int)info["Images"]!);
        Assert.Equal(Daemon.DataRoot, (string?)info["DockerRootDir"]);
        Assert.Equal("overlay2", (string?)info["Driver"]);
        Assert.Equal(Environment.ProcessorCount, (int)info["NCPU"]!);
    }

    private async Task<string> CreateAsync(string body)
    {
        using HttpResponseMessage response = await Api.PostTextAsync("/containers/create", body);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == 201, answer);
        return (string)JObject.Parse(answer)["Id"]!;
    }

    private async Task<NetworkStream> HijackAsync(string path, string body)
    {
        NetworkStream connection = await Api.ConnectAsync();
        await HijackAsync(connection, path, body);
        return connection;
    }

    private static async Task HijackAsync(NetworkStream connection, string path, string body)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        string headers = await ReadHeadersAsync(connection);
        Assert.StartsWith("HTTP/1.1 101 UPGRADED\r\n", headers, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: tcp\r\n", headers, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Content-Length", headers, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Byte by byte, so that nothing beyond the headers is taken.</summary>
    private static async Task<string> ReadHeadersAsync(NetworkStream connection)
    {
        StringBuilder headers = new();
        byte[] one = new byte[1];
        while (!headers.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await connection.ReadExactlyAsync(one).AsTask().WaitAsync(Command.Patience);
            headers.Append((char)one[0]);
        }

        return headers.ToString();
    }

    private static async Task<string> ReadBodyAsync(NetworkStream connection, string headers)
    {
        string? length = headers.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))?.Split(':')[1];
        if (length is not null)
        {
            byte[] body = new byte[int.Parse(length, null)];
            await connection.ReadExactlyAsync(body).AsTask().WaitAsync(Command.Patience);
            return Encoding.UTF8.GetString(body);
        }

        StringBuilder chunks = new();
        for (int size = await ReadChunkSizeAsync(connection); size > 0; size = await ReadChunkSizeAsync(connection))
        {
            byte[] chunk = new byte[size + 2];
            await connection.ReadExactlyAsync(chunk).AsTask().WaitAsync(Command.Patience);
            chunks.Append(Encoding.UTF8.GetString(chunk, 0, size));
        }

        byte[] end = new byte[2];
        await connection.ReadExactlyAsync(end).AsTask().WaitAsync(Command.Patience);
        return chunks.ToString();
    }

    private static async Task<int> ReadChunkSizeAsync(NetworkStream connection)
    {
        StringBuilder line = new();
        byte[] one = new byte[1];
        while (!line.ToString().EndsWith("\r\n", StringComparison.Ordinal))
        {
            await connection.ReadExactlyAsync(one).AsTask().WaitAsync(Command.Patience);
            line.Append((char)one[0]);
        }

        return Convert.ToInt32(line.ToString().Trim(), 16);
    }

    /// <summary>Reads to the end of the connection: a byte of stream type, three of zero, four of length, the content.</summary>
    private static async Task<(string Stdout, string Stderr)> ReadFramesAsync(NetworkStream connection)
    {
        StringBuilder[] streams = [new(), new(), new()];
        byte[] header = new byte[8];
        while (await connection.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).AsTask().WaitAsync(Command.Patience) == header.Length)
        {
            byte[] content = new byte[System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4))];
            await connection.ReadExactlyAsync(content).AsTask().WaitAsync(Command.Patience);
            streams[header[0]].Append(Encoding.UTF8.GetString(content));
        }

        return (streams[1].ToString(), streams[2].ToString());
    }
}
