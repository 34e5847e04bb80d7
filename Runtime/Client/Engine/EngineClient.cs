using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rtd.Client.Engine;

/// <summary>Docker Engine API over blocking HTTP/1.1. One connection is kept for ordinary requests; streams get their own.</summary>
/// <remarks>Safe for use from several threads: each takes the idle connection or opens another.</remarks>
internal sealed class EngineClient(EngineHost host, string? fixedVersion = null) : IDisposable
{
    /// <summary>The newest version of the API this client was written for.</summary>
    public const string NewestVersion = "1.51";

    private const string OldestVersion = "1.24";

    private readonly Lock _lock = new();
    private (EngineSocket Socket, HttpReader Reader)? _idle;
    private string? _version = fixedVersion;

    public EngineHost Host { get; } = host;

    /// <summary>The version both sides speak, asked of the daemon once.</summary>
    public string Version => _version ??= Negotiate();

    /// <summary>Fields added to each request (config.json's HttpHeaders).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ExtraHeaders { get; init; } = [];

    /// <summary>Whether the negotiated version is at least this one.</summary>
    public bool Speaks(string version) => ApiVersion.Compare(Version, version) >= 0;

    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public JsonDocument GetJson(string path)
    {
        using EngineResponse response = Send("GET", path);
        return response.ReadJson();
    }

    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public JsonDocument PostJson(string path, JsonNode? body = null)
    {
        using EngineResponse response = Send("POST", path, body);
        return response.ReadJson();
    }

    /// <summary>A request whose answer has nothing to say.</summary>
    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public int Post(string path, JsonNode? body = null)
    {
        using EngineResponse response = Send("POST", path, body);
        response.Body.ReadAll();
        return response.Status;
    }

    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public JsonDocument Delete(string path)
    {
        using EngineResponse response = Send("DELETE", path);
        return response.ReadJson();
    }

    /// <summary>A request with a JSON body or none; the caller disposes the answer.</summary>
    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public EngineResponse Send(string method, string path, JsonNode? body = null, params ReadOnlySpan<KeyValuePair<string, string>> headers)
    {
        byte[]? content = body is null ? null : Encoding.UTF8.GetBytes(body.ToJsonString());
        string target = "/v" + Version + path;
        EngineResponse response = Exchange(method, target, content, headers);
        ThrowIfError(response);
        return response;
    }

    /// <summary>A request whose body is copied from a stream in chunks; the answer may come while it still is. The caller disposes the answer.</summary>
    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    /// <exception cref="ClientException">The source cannot be read.</exception>
    public EngineResponse Upload(string path, string contentType, Stream source, params ReadOnlySpan<KeyValuePair<string, string>> headers) =>
        Upload(path, contentType, source, "POST", headers);

    /// <summary>The same with another method.</summary>
    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    /// <exception cref="ClientException">The source cannot be read.</exception>
    public EngineResponse Upload(string path, string contentType, Stream source, string method, params ReadOnlySpan<KeyValuePair<string, string>> headers)
    {
        string target = "/v" + Version + path;
        EngineSocket socket = EngineSocket.Connect(Host);
        HttpReader reader = new(socket);
        socket.Write(RequestHead(method, target, headers, $"Content-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n"));
        BodySender sender = BodySender.Start(source, socket);
        HttpHead head;
        try
        {
            head = reader.ReadHead();
        }
        catch (EngineConnectionException)
        {
            sender.ThrowIfSourceFailed();
            throw;
        }

        EngineResponse response = new(head, new HttpBody(reader, head, hasNoBody: false), _ => sender.Close());
        ThrowIfError(response);
        return response;
    }

    /// <summary>Takes the connection over for raw bytes (attach, exec start).</summary>
    /// <exception cref="EngineException">The daemon answered with an error.</exception>
    public HijackedConnection Hijack(string path, JsonNode? body = null)
    {
        string target = "/v" + Version + path;
        byte[] content = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString());
        string extra = "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
            + string.Create(CultureInfo.InvariantCulture, $"Content-Length: {content.Length}\r\n");
        EngineSocket socket = EngineSocket.Connect(Host);
        HttpReader reader = new(socket);
        socket.Write([.. RequestHead("POST", target, [], extra), .. content]);
        HttpHead head = reader.ReadHead();
        if (head.Status is not (101 or 200))
        {
            ThrowIfError(new EngineResponse(head, new HttpBody(reader, head, false), _ => socket.Dispose()));
        }

        return new HijackedConnection(socket, reader, head["Content-Type"] == "application/vnd.docker.multiplexed-stream");
    }

    public void Dispose()
    {
        _idle?.Socket.Dispose();
        _idle = null;
    }

    /// <summary>The daemon's ping: what it says about itself in header fields.</summary>
    public HttpHead Ping()
    {
        using EngineResponse response = Exchange("HEAD", "/_ping", null, []);
        if (response.Status < 400)
        {
            return response.Head;
        }

        using EngineResponse fallback = Exchange("GET", "/_ping", null, []);
        fallback.Body.ReadAll();
        return fallback.Head;
    }

    private static void ThrowIfError(EngineResponse response)
    {
        if (response.Status < 400)
        {
            return;
        }

        using (response)
        {
            throw new EngineException(response.Status, ErrorMessage.Read(response));
        }
    }

    private string Negotiate()
    {
        string offered = Ping()["Api-Version"] is { Length: > 0 } header ? header : OldestVersion;
        return ApiVersion.Compare(offered, NewestVersion) < 0 ? offered : NewestVersion;
    }

    private EngineResponse Exchange(string method, string target, byte[]? content, ReadOnlySpan<KeyValuePair<string, string>> headers)
    {
        byte[] request = BuildRequest(method, target, content, headers);
        if (TakeIdle() is { } kept)
        {
            kept.Socket.Write(request);
            return Receive(kept.Socket, kept.Reader, method);
        }

        EngineSocket socket = EngineSocket.Connect(Host);
        socket.Write(request);
        return Receive(socket, new HttpReader(socket), method);
    }

    private byte[] BuildRequest(string method, string target, byte[]? content, ReadOnlySpan<KeyValuePair<string, string>> headers)
    {
        string extra = content is not null
            ? string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {content.Length}\r\n")
            : method is "POST" or "PUT" ? "Content-Length: 0\r\n" : "";
        byte[] head = RequestHead(method, target, headers, extra);
        return content is null ? head : [.. head, .. content];
    }

    private byte[] RequestHead(string method, string target, ReadOnlySpan<KeyValuePair<string, string>> headers, string extra)
    {
        StringBuilder text = new(256);
        text.Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\nHost: ").Append(Host.TcpHost ?? "api.moby.localhost")
            .Append("\r\nUser-Agent: rtctl/").Append(ClientVersion.Number).Append(" (linux)\r\n");
        foreach ((string name, string value) in ExtraHeaders)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        foreach ((string name, string value) in headers)
        {
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(text.Append(extra).Append("\r\n").ToString());
    }

    private EngineResponse Receive(EngineSocket socket, HttpReader reader, string method)
    {
        HttpHead head = reader.ReadHead();
        bool hasNoBody = method == "HEAD" || head.Status is 204 or 304;
        return new EngineResponse(head, new HttpBody(reader, head, hasNoBody), response => Release(response, socket, reader));
    }

    private void Release(EngineResponse response, EngineSocket socket, HttpReader reader)
    {
        lock (_lock)
        {
            if (response.Body.IsReusable && !response.Head.ClosesConnection && _idle is null)
            {
                _idle = (socket, reader);
                return;
            }
        }

        socket.Dispose();
    }

    /// <summary>The kept connection, unless the daemon has closed it meanwhile (it then has an end of stream to read).</summary>
    private (EngineSocket Socket, HttpReader Reader)? TakeIdle()
    {
        (EngineSocket Socket, HttpReader Reader)? idle;
        lock (_lock)
        {
            idle = _idle;
            _idle = null;
        }

        if (idle is { } kept && kept.Socket.HasInput())
        {
            kept.Socket.Dispose();
            return null;
        }

        return idle;
    }
}
