using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>The hijacked request over its bare connection.</summary>
internal sealed class ConnectionHijackContext(
    ClientConnection client,
    RequestHead head,
    IReadOnlyDictionary<string, string> values,
    Version version) : HijackContext, IAsyncDisposable
{
    private static readonly Version s_multiplexed = new(1, 42);

    private readonly Dictionary<string, StringValues> _query = QueryHelpers.ParseQuery(RequestTarget.Query(head.Target));
    private readonly IMessageBody _body = head.NewBody();
    private byte[]? _document;
    private bool _continued;
    private WebSocketBridge? _webSocket;

    public override string Method => head.Method;

    public override Version Version => version;

    public override CancellationToken Aborted => client.Gone;

    /// <summary>Bytes of an answer have been sent, so no other can be.</summary>
    public bool Answered { get; private set; }

    public override string this[string routeValue] => values[routeValue];

    public override string? Query(string name) => _query.TryGetValue(name, out StringValues value) ? value.ToString() : null;

    public override bool QueryBool(string name, bool absent = false) => Query(name) is { } text
        ? text.ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none")
        : absent;

    public override async Task<T> ReadJsonAsync<T>()
    {
        if (_document is null && _body.Ended)
        {
            return new T();
        }

        JsonBody.CheckContentType(head.ContentType);
        byte[] document = await ReadDocumentAsync();
        return document.Length == 0 ? new T() : Json.Decode<T>(document);
    }

    /// <summary>The body, whole; read once, so that whoever asks later gets the same.</summary>
    public async Task<byte[]> ReadDocumentAsync()
    {
        if (_document is null)
        {
            JsonBody.CheckSize(head.ContentLength);
            ArrayBufferWriter<byte> document = new();
            await ReadBodyAsync(document);
            _document = document.WrittenSpan.ToArray();
        }

        return _document;
    }

    public override async Task<HijackedStream> AcceptAsync(bool tty)
    {
        await ReadBodyAsync(null);
        Answered = true;
        bool multiplexed = !tty && version >= s_multiplexed && head.Upgrade;
        StringBuilder answer = new StringBuilder()
            .Append(head.Upgrade ? "HTTP/1.1 101 UPGRADED\r\n" : "HTTP/1.1 200 OK\r\n")
            .Append("Content-Type: application/vnd.docker.").Append(multiplexed ? "multiplexed" : "raw").Append("-stream\r\n");
        if (head.Upgrade)
        {
            answer.Append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
        }

        answer.AppendApiHeaders().Append("\r\n");
        await client.Output.WriteAsync(Encoding.ASCII.GetBytes(answer.ToString()), Aborted);
        client.WatchHangup();
        return new HijackedStream(client.Input, client.Output);
    }

    public override async Task<HijackedStream> AcceptWebSocketAsync()
    {
        if (head.WebSocketKey is not { Length: > 0 } key)
        {
            throw EngineException.InvalidParameter("not a web socket handshake: Upgrade: websocket, Sec-WebSocket-Version: 13 and Sec-WebSocket-Key are needed");
        }

        await ReadBodyAsync(null);
        Answered = true;
        StringBuilder answer = new StringBuilder()
            .Append("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ").Append(WebSocketBridge.Accept(key)).Append("\r\n")
            .AppendApiHeaders().Append("\r\n");
        await client.Output.WriteAsync(Encoding.ASCII.GetBytes(answer.ToString()), Aborted);
        client.WatchHangup();
        _webSocket = new WebSocketBridge(new DuplexStream(client.Input, client.Output), Aborted);
        return _webSocket.Streams;
    }

    public override async Task RespondAsync(int status, object? json)
    {
        Answered = true;
        await RawAnswer.WriteAsync(client.Output, status, json);
    }

    /// <summary>In any case after the handler.</summary>
    public ValueTask DisposeAsync() => _webSocket?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>After the handler: one that gave no answer at all has nothing to say.</summary>
    public Task FinishAsync() => Answered ? client.Output.FlushAsync().AsTask() : RespondAsync(200, null);

    /// <summary>Takes the body off the connection, so that what follows is the client's raw stream.</summary>
    /// <param name="document">Gets the content, which then may not be larger than JSON may.</param>
    private async Task ReadBodyAsync(ArrayBufferWriter<byte>? document)
    {
        await SendContinueAsync();
        while (!_body.Ended)
        {
            ReadResult read = await client.Input.ReadAsync(Aborted);
            client.Input.AdvanceTo(Take(read.Buffer, document));
            JsonBody.CheckSize(document?.WrittenCount);
            if (read.IsCompleted && !_body.Ended)
            {
                throw new FramingException("malformed request: the body ended early");
            }
        }
    }

    private SequencePosition Take(ReadOnlySequence<byte> buffer, ArrayBufferWriter<byte>? document)
    {
        long taken = 0;
        foreach (ReadOnlyMemory<byte> piece in buffer)
        {
            int count = _body.Scan(piece.Span, document);
            taken += count;
            if (count < piece.Length)
            {
                break;
            }
        }

        return buffer.GetPosition(taken);
    }

    private async Task SendContinueAsync()
    {
        if (head.ExpectContinue && !_continued && !_body.Ended)
        {
            _continued = true;
            await client.Output.WriteAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), Aborted);
        }
    }
}
