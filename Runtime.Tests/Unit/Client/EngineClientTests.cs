using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Rtd.Client;
using Rtd.Client.Engine;
using Rtd.Client.Json;
using Xunit;

namespace Rtd.Tests.Unit.Client;

/// <summary>HTTP/1.1 framing, byte by byte.</summary>
public sealed class EngineClientTests
{
    [Fact]
    public void The_version_is_the_older_of_both_sides()
    {
        Assert.Equal("1.51", VersionFor("1.99"));
        Assert.Equal("1.41", VersionFor("1.41"));
        Assert.Equal("1.24", VersionFor(""));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n4;x=y\r\n\":1}\r\n0\r\nTrailer: t\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\n{\"a\":1}")]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"a\":1}")]
    public void Bodies_are_read_in_every_framing(string answer)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw(answer));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        for (int i = 0; i < 3; i++)
        {
            using JsonDocument document = client.GetJson("/x");

            Assert.Equal(1, document.RootElement.Number("a"));
        }
    }

    [Fact]
    public void One_connection_carries_all_ordinary_requests()
    {
        using ScriptedDaemon daemon = new(request => request.Method == "POST" ? ScriptedDaemon.Raw("HTTP/1.1 204 No Content\r\n\r\n") : ScriptedDaemon.Json("[]"));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        client.GetJson("/a").Dispose();
        client.Post("/b", new JsonObject { ["x"] = "é" });
        client.GetJson("/c").Dispose();

        Assert.Equal(1, daemon.Connections);
        Assert.Equal(["GET /v1.51/a", "POST /v1.51/b", "GET /v1.51/c"], daemon.Requests.Select(request => request.Method + " " + request.Path));
        Assert.Equal("é", (string?)JsonNode.Parse(daemon.Requests[1].BodyText)!["x"]);
    }

    [Fact]
    public void A_connection_the_daemon_closed_is_not_used_again()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n[]"));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        client.GetJson("/a").Dispose();
        client.GetJson("/b").Dispose();

        Assert.Equal(2, daemon.Requests.Length);
        Assert.Equal(2, daemon.Connections);
    }

    [Theory]
    [InlineData("""{"message":"no such thing: x\n"}""", "no such thing: x")]
    [InlineData("page not found", "page not found")]
    [InlineData("", "request returned status 404 without a message")]
    public void Errors_carry_the_daemons_message(string body, string reason)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json(body, 404));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        EngineException failure = Assert.Throws<EngineException>(() => client.GetJson("/x"));

        Assert.Equal((404, reason, "Error response from daemon: " + reason), (failure.Status, failure.Reason, failure.Message));
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 50\r\nConnection: close\r\n\r\nshort")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nnot json")]
    public void A_broken_answer_is_told_and_does_not_hang(string answer)
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw(answer));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));

        Assert.StartsWith("error during connect: ", Assert.Throws<EngineConnectionException>(() => client.GetJson("/x")).Message);
    }

    [Fact]
    public void Uploads_are_chunked()
    {
        byte[] content = new byte[200_000];
        new Random(1).NextBytes(content);
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("{}"));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        using (EngineResponse response = client.Upload("/images/load", "application/x-tar", new MemoryStream(content)))
        {
            Assert.Equal(200, response.Status);
        }

        Assert.Equal(content, daemon.Requests.Single().Body);
        Assert.Contains("Content-Type: application/x-tar", daemon.Requests.Single().Head);
    }

    [Fact]
    public void An_upload_that_the_daemon_answers_early_is_not_a_broken_pipe()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw("HTTP/1.1 507 X\r\nConnection: close\r\nContent-Length: 21\r\n\r\n{\"message\":\"no room\"}"));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        using EndlessStream source = new();

        EngineException failure = Assert.Throws<EngineException>(() => client.Upload("/early", "application/x-tar", source));

        Assert.Equal("Error response from daemon: no room", failure.Message);
    }

    [Fact]
    public void An_upload_whose_source_fails_tells_so()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("{}"));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        using BrokenStream source = new();

        Assert.Equal("the disk is broken", Assert.Throws<Rtd.Client.ClientException>(() => client.Upload("/images/load", "application/x-tar", source)).Message);
    }

    [Fact]
    public void Hijacked_connections_keep_the_bytes_that_came_with_the_head()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Raw("HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nfirst bytes"));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));
        using HijackedConnection connection = client.Hijack("/exec/x/start", new JsonObject { ["Tty"] = false });
        StringBuilder text = new();
        byte[] buffer = new byte[4];
        int count;
        while ((count = connection.Read(buffer)) > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        Assert.Equal("first bytes", text.ToString());
        Assert.True(connection.IsMultiplexed);
        Assert.Contains("Upgrade: tcp", daemon.Requests.Single().Head);
        Assert.Equal("""{"Tty":false}""", daemon.Requests.Single().BodyText);
    }

    [Fact]
    public void A_refused_hijack_is_an_ordinary_error()
    {
        using ScriptedDaemon daemon = new(_ => ScriptedDaemon.Json("""{"message":"container x is not running"}""", 409));
        using EngineClient client = new(EngineHost.Parse(daemon.Address));

        Assert.Equal("container x is not running", Assert.Throws<EngineException>(() => client.Hijack("/containers/x/attach")).Reason);
    }

    [Theory]
    [InlineData("unix:///run/rtd.sock", "/run/rtd.sock", null, 0)]
    [InlineData("tcp://host", null, "host", 2375)]
    [InlineData("tcp://[::1]:99", null, "::1", 99)]
    [InlineData("localhost:5", null, "localhost", 5)]
    [InlineData("http://h:80/path", null, "h", 80)]
    public void Hosts_are_read(string text, string? socket, string? host, int port)
    {
        EngineHost parsed = EngineHost.Parse(text);

        Assert.Equal((socket, host, port), (parsed.SocketPath, parsed.TcpHost, parsed.TcpPort));
    }

    [Theory]
    [InlineData("foo://x")]
    [InlineData("tcp://h:port")]
    [InlineData("tcp://h:70000")]
    [InlineData("unix://")]
    [InlineData("ssh://h")]
    public void What_is_no_host_is_refused(string text) => Assert.Throws<ClientException>(() => EngineHost.Parse(text));

    [Theory]
    [InlineData("1.9", "1.24", -1)]
    [InlineData("1.51", "1.51", 0)]
    [InlineData("1.100", "1.51", 1)]
    public void Versions_compare_as_numbers(string left, string right, int expected) => Assert.Equal(expected, Math.Sign(ApiVersion.Compare(left, right)));

    [Fact]
    public void Json_values_are_taken_from_a_stream_however_they_are_joined()
    {
        MemoryStream stream = new(Encoding.UTF8.GetBytes("{\"a\":1}\r\n{\"a\":2}{\"a\":3}\n\n {\"a\":" + new string(' ', 20000) + "4}"));

        Assert.Equal(new long[] { 1, 2, 3, 4 }, JsonStream.Read(stream).Select(document => document.RootElement.Number("a")));
        Assert.Throws<EngineConnectionException>(() => JsonStream.Read(new MemoryStream("{\"a\":"u8.ToArray())).Count());
        Assert.Throws<EngineConnectionException>(() => JsonStream.Read(new MemoryStream("nonsense"u8.ToArray())).Count());
    }

    private static string VersionFor(string offered)
    {
        using System.Net.Sockets.Socket listener = new(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        Thread server = new(() =>
        {
            using System.Net.Sockets.NetworkStream stream = new(listener.Accept(), ownsSocket: true);
            ScriptedRequest.Read(stream);
            stream.Write(ScriptedDaemon.Raw("HTTP/1.1 200 OK\r\n" + (offered.Length > 0 ? $"Api-Version: {offered}\r\n" : "") + "Content-Length: 0\r\n\r\n"));
        });
        server.Start();
        using EngineClient client = new(EngineHost.Parse($"tcp://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndPoint!).Port}"));
        string version = client.Version;
        server.Join();
        return version;
    }
}
