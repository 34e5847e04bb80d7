using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Rtd.Daemon.Api;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Errors;

namespace Rtd.Tests.Integration.Api;

/// <summary>The API server in this process, with routes that show what arrived.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("rtd-api-").FullName;
    private readonly ApiServer _server;

    private ApiHost(TimeSpan? headTimeout)
    {
        RouteTable routes = new();
        MapOrdinary(routes);
        MapHijacks(routes);
        Path = System.IO.Path.Combine(_directory, "api.sock");
        _server = new ApiServer(routes, [Unix(Path), Tcp(out int port)], headTimeout: headTimeout);
        Port = port;
    }

    public string Path { get; }

    public int Port { get; }

    /// <summary>Handlers of /wait that have started.</summary>
    public SemaphoreSlim Waiting { get; } = new(0);

    /// <summary>Handlers that saw their client go.</summary>
    public SemaphoreSlim Gone { get; } = new(0);

    /// <summary>Lets handlers of /wait end.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ApiHost> StartAsync(TimeSpan? headTimeout = null)
    {
        ApiHost host = new(headTimeout);
        await host._server.StartAsync();
        return host;
    }

    public RawClient Connect()
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(Path));
        return new RawClient(socket);
    }

    public RawClient ConnectTcp()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect("127.0.0.1", Port);
        return new RawClient(socket);
    }

    public Task StopAsync(CancellationToken patience) => _server.StopAsync(patience);

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static ListenSocket Unix(string path)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        socket.Listen(512);
        return new ListenSocket(socket, "unix://" + path);
    }

    private static ListenSocket Tcp(out int port)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        socket.Listen(512);
        port = ((System.Net.IPEndPoint)socket.LocalEndPoint!).Port;
        return new ListenSocket(socket, $"tcp://127.0.0.1:{port}");
    }

    private void MapOrdinary(RouteTable routes)
    {
        routes.Map("GET", "/hello", context => context.WriteTextAsync(200, "hello " + context.Version));
        routes.Map("GET", "/images/{name:*}/json", context => context.WriteTextAsync(200, context["name"]));
        routes.Map("POST", "/count", async context =>
        {
            long count = 0;
            byte[] buffer = new byte[64 << 10];
            for (int read = -1; read != 0; count += read)
            {
                read = await context.RequestBody.ReadAsync(buffer);
            }

            await context.WriteTextAsync(200, count.ToString());
        });
        routes.Map("POST", "/json", async context =>
        {
            Document document = await context.ReadJsonAsync<Document>();
            await context.WriteJsonAsync(200, document);
        });
        routes.Map("POST", "/ignore", context => context.WriteTextAsync(200, "ignored"));
        routes.Map("GET", "/broken", _ => throw new InvalidOperationException("first line\nsecond line"));
        routes.Map("GET", "/conflict", _ => throw EngineException.Conflict("it is in use"));
        routes.Map("GET", "/half", async context =>
        {
            Stream body = await context.StartStreamAsync();
            await body.WriteAsync("part"u8.ToArray());
            await body.FlushAsync();
            throw EngineException.System("it broke in the middle");
        });
        routes.Map("POST", "/wait", async context =>
        {
            await context.StartStreamAsync();
            Waiting.Release();
            try
            {
                await Release.Task.WaitAsync(context.Aborted);
            }
            catch (OperationCanceledException)
            {
                Gone.Release();
                throw;
            }

            await context.WriteMessageAsync(new Document { Name = "released" });
        });
    }

    private void MapHijacks(RouteTable routes)
    {
        // Sends everything back in upper case, and a last word after the client's end of input.
        routes.MapHijack("POST", "/shout", async context =>
        {
            HijackedStream stream = await context.AcceptAsync(context.QueryBool("tty"));
            await ShoutAsync(stream);
        });
        routes.MapHijack("POST", "/exec/{id}/start", async context =>
        {
            Document document = await context.ReadJsonAsync<Document>();
            if (document.Detach)
            {
                await context.RespondAsync(200, null);
                return;
            }

            HijackedStream stream = await context.AcceptAsync(tty: false);
            await stream.Output.WriteAsync(Encoding.UTF8.GetBytes($"[{context["id"]} {document.Name}]"));
            await ShoutAsync(stream);
        });
        routes.MapHijack("POST", "/containers/{id}/attach", context =>
            throw EngineException.NotFound($"No such container: {context["id"]}"));

        // Says nothing until its client is gone.
        routes.MapHijack("POST", "/silent", async context =>
        {
            await context.AcceptAsync(tty: true);
            Waiting.Release();
            try
            {
                await Task.Delay(Timeout.Infinite, context.Aborted);
            }
            catch (OperationCanceledException)
            {
                Gone.Release();
            }
        });

        // Ends at once, with the client's bytes unread.
        routes.MapHijack("POST", "/brief", async context =>
        {
            HijackedStream stream = await context.AcceptAsync(tty: true);
            await stream.Output.WriteAsync("bye"u8.ToArray());
        });
    }

    private static async Task ShoutAsync(HijackedStream stream)
    {
        while (true)
        {
            ReadResult read = await stream.Input.ReadAsync();
            string text = Encoding.UTF8.GetString(read.Buffer.ToArray()).ToUpperInvariant();
            stream.Input.AdvanceTo(read.Buffer.End);
            await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(text));
            if (read.IsCompleted)
            {
                await stream.Output.WriteAsync("<end>"u8.ToArray());
                return;
            }
        }
    }

    internal sealed class Document
    {
        public string Name { get; set; } = "";

        public bool Detach { get; set; }

        public DateTime When { get; set; }

        public List<string>? Items { get; set; }
    }
}
