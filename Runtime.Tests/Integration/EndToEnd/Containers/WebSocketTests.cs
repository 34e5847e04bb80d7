using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Rtd.Tests.Integration.Hosting;
using Xunit.Abstractions;

namespace Rtd.Tests.Integration.EndToEnd.Containers;

/// <summary><c>GET /containers/{id}/attach/ws</c></summary>
public sealed class WebSocketTests(DaemonFixture fixture, ITestOutputHelper output) : DaemonTest(fixture, output)
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    [RootTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Carries_input_and_output_unframed(bool terminal)
    {
        string[] options = terminal ? ["-it"] : ["-i"];
        string id = (await DockerAsync(["create", .. options, "busybox", "sh", "-c", "read line; echo \"got $line\"; exit 3"])).Exits(0).Line;
        using WebSocket socket = await AttachAsync(id, "stream=1&stdin=1&stdout=1&stderr=1");
        (await DockerAsync("start", id)).Exits(0);

        await socket.SendAsync(Encoding.UTF8.GetBytes("hello\n"), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        string received = await ReceiveAllAsync(socket);

        Assert.EndsWith("got hello\n", received.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal("3", (await DockerAsync("wait", id)).Exits(0).Line);
    }

    [RootFact]
    public async Task Replays_the_log()
    {
        string id = (await DockerAsync("run", "-d", "busybox", "sh", "-c", "echo out; echo err >&2")).Exits(0).Line;
        (await DockerAsync("wait", id)).Exits(0);
        using WebSocket socket = await AttachAsync(id, "logs=1&stdout=1");

        Assert.Equal("out\n", await ReceiveAllAsync(socket));
    }

    [RootFact]
    public async Task Client_s_close_ends_the_attachment_and_not_the_container()
    {
        string id = await StartAsync("while :; do echo line; sleep 0.01; done");
        using (WebSocket socket = await AttachAsync(id, "stream=1&stdout=1"))
        {
            Assert.Equal(WebSocketMessageType.Binary, (await socket.ReceiveAsync(new byte[100].AsMemory(), CancellationToken.None)).MessageType);
        }

        Assert.Equal("true", await InspectAsync(id, "{{.State.Running}}"));
    }

    [RootTheory]
    [InlineData("")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 8\r\n")]
    public async Task What_is_no_handshake_is_refused(string headers)
    {
        string id = await StartAsync("sleep 1000");
        await using NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"GET /containers/{id}/attach/ws HTTP/1.1\r\nHost: docker\r\n{headers}\r\n"));

        using StreamReader answer = new(connection);
        Assert.Equal("HTTP/1.1 400 Bad Request", await answer.ReadLineAsync().WaitAsync(Command.Patience));
    }

    private async Task<WebSocket> AttachAsync(string id, string query)
    {
        NetworkStream connection = await Api.ConnectAsync();
        await connection.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /containers/{id}/attach/ws?{query} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: {Key}\r\nSec-WebSocket-Version: 13\r\n\r\n"));
        StringBuilder head = new();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            Assert.Equal(1, await connection.ReadAsync(one).AsTask().WaitAsync(Command.Patience));
            head.Append((char)one[0]);
        }

        Assert.StartsWith("HTTP/1.1 101 ", head.ToString(), StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head.ToString(), StringComparison.Ordinal);
        return WebSocket.CreateFromStream(connection, new WebSocketCreationOptions { IsServer = false });
    }

    private static async Task<string> ReceiveAllAsync(WebSocket socket)
    {
        StringBuilder text = new();
        byte[] buffer = new byte[4096];
        while (true)
        {
            ValueWebSocketReceiveResult received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).AsTask().WaitAsync(Command.Patience);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
                return text.ToString();
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
    }
}
