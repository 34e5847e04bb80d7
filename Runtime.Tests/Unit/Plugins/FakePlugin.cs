using System.Collections.Concurrent;
using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Transport;

namespace Rtd.Tests.Unit.Plugins;

/// <summary>A plugin on a unix socket, or on TCP, whose methods a test gives; it keeps what it was asked.</summary>
internal sealed class FakePlugin : IAsyncDisposable
{
    private readonly RouteTable _routes = new();
    private readonly ApiServer _server;

    private FakePlugin(Socket socket, string[] implements)
    {
        On("Plugin.Activate", _ => new JObject { ["Implements"] = new JArray(implements) });
        socket.Listen();
        _server = new ApiServer(_routes, [new ListenSocket(socket, "fake plugin")]);
    }

    /// <summary>Method and body of every call, in order.</summary>
    public ConcurrentQueue<(string Method, JObject Body)> Calls { get; } = new();

    /// <summary>The Accept headers that came.</summary>
    public ConcurrentQueue<string> Accepted { get; } = new();

    public static FakePlugin AtPath(string path, params string[] implements)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return new FakePlugin(socket, implements);
    }

    public static FakePlugin AtPort(out int port, params string[] implements)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        port = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        return new FakePlugin(socket, implements);
    }

    public FakePlugin On(string method, Func<JObject, JObject> answer, int status = 200)
    {
        _routes.Map("POST", "/" + method, async context =>
        {
            using StreamReader reader = new(context.RequestBody);
            string text = await reader.ReadToEndAsync();
            JObject body = text.Length == 0 ? [] : JObject.Parse(text);
            Calls.Enqueue((method, body));
            Accepted.Enqueue(context.Http.Request.Headers.Accept.ToString());
            await context.WriteTextAsync(status, answer(body).ToString());
        });
        return this;
    }

    public async Task<FakePlugin> StartAsync()
    {
        await _server.StartAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }
}
