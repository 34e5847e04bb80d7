using System.Buffers;
using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;

namespace Rtd.Daemon.Api.Hijack;

/// <summary>A web socket (RFC 6455) as two byte streams: what a handler writes becomes binary messages, the content of all messages its input.</summary>
internal sealed class WebSocketBridge : IAsyncDisposable
{
    /// <summary>Of RFC 6455, section 1.3.</summary>
    private const string Magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>How long the client gets to answer the close before the connection is closed all the same.</summary>
    private static readonly TimeSpan s_closePatience = TimeSpan.FromSeconds(5);

    private readonly WebSocket _socket;
    private readonly Pipe _input = new();
    private readonly Pipe _output = new();
    private readonly CancellationTokenSource _ending;
    private readonly Task _receiving;
    private readonly Task _sending;

    /// <param name="stream">The connection, upgraded.</param>
    public WebSocketBridge(Stream stream, CancellationToken gone)
    {
        _socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true, KeepAliveInterval = TimeSpan.Zero });
        _ending = CancellationTokenSource.CreateLinkedTokenSource(gone);
        _receiving = ReceiveAsync();
        _sending = SendAsync();
    }

    public HijackedStream Streams => new(_input.Reader, _output.Writer);

    /// <summary>The value of Sec-WebSocket-Accept for a Sec-WebSocket-Key.</summary>
    public static string Accept(string key)
    {
#pragma warning disable CA5350 // SHA-1 is what the protocol asks for; it protects nothing
        return Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + Magic)));
#pragma warning restore CA5350
    }

    /// <summary>Sends what is left and says goodbye.</summary>
    public async ValueTask DisposeAsync()
    {
        await _output.Writer.CompleteAsync();
        await _sending;
        await CloseAsync();
        await _ending.CancelAsync();
        await _input.Reader.CompleteAsync();
        await _receiving;
        _socket.Dispose();
        _ending.Dispose();
    }

    private async Task CloseAsync()
    {
        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _ending.Token);
                await _receiving.WaitAsync(s_closePatience, _ending.Token);
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException or TimeoutException)
        {
            _socket.Abort();
        }
    }

    /// <summary>Ends with the client's close or the connection's end; both are the end of input.</summary>
    private async Task ReceiveAsync()
    {
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await _socket.ReceiveAsync(_input.Writer.GetMemory(), _ending.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    break;
                }

                _input.Writer.Advance(received.Count);
                FlushResult flushed = await _input.Writer.FlushAsync(_ending.Token);
                if (flushed.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            await _input.Writer.CompleteAsync(gone is OperationCanceledException ? null : new IOException(gone.Message, gone));
            return;
        }

        await _input.Writer.CompleteAsync();
    }

    private async Task SendAsync()
    {
        try
        {
            while (true)
            {
                ReadResult read = await _output.Reader.ReadAsync(_ending.Token);
                foreach (ReadOnlyMemory<byte> piece in read.Buffer)
                {
                    await _socket.SendAsync(piece, WebSocketMessageType.Binary, endOfMessage: true, _ending.Token);
                }

                _output.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or OperationCanceledException)
        {
            await _ending.CancelAsync();
        }

        await _output.Reader.CompleteAsync();
    }
}
