using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using NLog;

namespace Rtd.Daemon.Api.Transport;

/// <summary>
/// One client's connection: pipes straight over its socket, each direction closed on its own.
/// </summary>
/// <remarks>
/// Kestrel's own socket transport tells its HTTP layer of a half-close as if the client were gone, and shuts both directions when the
/// answer ends. Here an end of input is only that, and <see cref="Gone"/> says when nobody can read an answer any more.
/// A flush ends when the kernel has the bytes, so it carries the client's back-pressure.
/// </remarks>
internal sealed class ClientConnection : DefaultConnectionContext
{
    /// <summary>Uploads are hundreds of megabytes; a connection that waits has no buffer (zero-byte reads).</summary>
    private const int ReadSize = 128 << 10;
    private const int WriteSize = 32 << 10;

    private static readonly Logger s_log = LogManager.GetLogger("api");

    private static long s_lastId = Random.Shared.NextInt64(1L << 32);

    /// <summary>A handshake has a few round trips; whoever takes longer holds a connection for nothing.</summary>
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(10);

    /// <summary>For the last record of a connection, which a client that reads takes at once.</summary>
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1);

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _hangupWatch;
    private int _goneFired;
    private int _disposed;
    private SslStream? _tls;

    public ClientConnection(Socket socket)
        : base(Interlocked.Increment(ref s_lastId).ToString("x"))
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: false);
        (Input, Output) = Pipes(_stream);
        Transport = new DuplexPipe(Input, Output);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = CancellationToken.None;
        Features.Set(this);
    }

    public PipeReader Input { get; private set; }

    public PipeWriter Output { get; private set; }

    /// <summary>Whom TLS has verified; null for nobody.</summary>
    public X509Certificate2? PeerCertificate => _tls?.RemoteCertificate as X509Certificate2;

    /// <summary>Cancelled when the client can read no answer any more: reset, failed write, both directions closed, or aborted by us.</summary>
    public CancellationToken Gone => _gone.Token;

    /// <summary>Puts TLS below everything that reads and writes from here on; false when no handshake came about, after which only closing is left.</summary>
    public async Task<bool> SecureAsync(SslServerAuthenticationOptions options)
    {
        using CancellationTokenSource slow = new(s_handshake);
        SslStream tls = new(_stream, leaveInnerStreamOpen: true);
        try
        {
            if (!await SpeaksTlsAsync(slow.Token))
            {
                await tls.DisposeAsync();
                return false;
            }

            await tls.AuthenticateAsServerAsync(options, slow.Token);
        }
        catch (Exception error) when (error is AuthenticationException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            s_log.Info("{Id} TLS handshake with {Client} failed: {Reason}", ConnectionId, RemoteEndPoint, (error.InnerException ?? error).Message);
            await tls.DisposeAsync();
            return false;
        }

        _tls = tls;
        (Input, Output) = Pipes(tls);
        Transport = new DuplexPipe(Input, Output);
        return true;
    }

    /// <summary>
    /// Watches for the client's full close, which a reader that waits for back-pressure, or has seen the end of input, would miss.
    /// </summary>
    /// <remarks>
    /// A unix socket tells a half-close from a full one (EPOLLHUP); TCP does only when a write or a keepalive probe is answered by a reset.
    /// </remarks>
    public void WatchHangup()
    {
        if (_hangupWatch is not null || _disposed != 0)
        {
            return;
        }

        try
        {
            _hangupWatch = HangupWatcher.Watch(_socket.SafeHandle, FireGone);
        }
        catch (ObjectDisposedException)
        {
            // Aborted meanwhile: nobody is there to be watched.
            FireGone();
        }
    }

    /// <summary>What the end of input means for an ordinary request: on TCP a client that has closed, as far as can be told.</summary>
    public void InputEnded()
    {
        if (_socket.AddressFamily == AddressFamily.Unix)
        {
            WatchHangup();
        }
        else
        {
            FireGone();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        s_log.Debug("{Id} aborted: {Reason}", ConnectionId, abortReason.Message);
        FireGone();
        _socket.Dispose();
    }

    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _hangupWatch?.Dispose();
        await SayGoodbyeAsync();
        CloseGracefully();
        Input.Complete();
        ((ClientWriter)Output).Close();
        FireGone();
        if (_tls is not null)
        {
            await _tls.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    private (PipeReader Input, PipeWriter Output) Pipes(Stream stream)
    {
        PipeReader input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, minimumReadSize: 4096, leaveOpen: true, useZeroByteReads: true));
        PipeWriter output = PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: WriteSize, leaveOpen: true));
        return (new ClientReader(input, FireGone), new ClientWriter(output, FireGone));
    }

    /// <summary>A client that forgot about TLS is told so, in the words of Go's server.</summary>
    private async Task<bool> SpeaksTlsAsync(CancellationToken slow)
    {
        const byte Handshake = 0x16;
        byte[] first = new byte[1];
        if (await _socket.ReceiveAsync(first, SocketFlags.Peek, slow) == 0)
        {
            return false;
        }

        if (first[0] is Handshake or < (byte)'A' or > (byte)'Z')
        {
            return true;
        }

        await _stream.WriteAsync("HTTP/1.0 400 Bad Request\r\nConnection: close\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"u8.ToArray(), slow);
        return false;
    }

    /// <summary>Without the closing record Go's clients take the end of a stream for an error.</summary>
    private async Task SayGoodbyeAsync()
    {
        if (_tls is null || _gone.IsCancellationRequested)
        {
            return;
        }

        try
        {
            await _tls.ShutdownAsync().WaitAsync(s_goodbye);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException or NotSupportedException or TimeoutException)
        {
            s_log.Trace("{Id} went without a goodbye: {Reason}", ConnectionId, gone.Message);
        }
    }

    /// <summary>
    /// Sends the end of the answer, then empties what the client sent too much before closing: a close with unread bytes would reset the
    /// connection under the client, which then loses the end of its output.
    /// </summary>
    private void CloseGracefully()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
            _socket.Blocking = false;
            Span<byte> rest = stackalloc byte[4096];
            while (_socket.Receive(rest, SocketFlags.None, out SocketError error) > 0 && error == SocketError.Success)
            {
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            s_log.Trace("{Id} was closed by the client", ConnectionId);
        }
        finally
        {
            _socket.Dispose();
        }
    }

    /// <summary>Callbacks run on the pool: the caller may be the hang-up watcher's only thread.</summary>
    private void FireGone()
    {
        if (Interlocked.Exchange(ref _goneFired, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static gone => gone.Cancel(), _gone, preferLocal: false);
        }
    }
}
