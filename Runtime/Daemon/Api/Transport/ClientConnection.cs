using System.IO.Pipelines;
using System.Net.Sockets;
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

    private readonly Socket _socket;
    private readonly CancellationTokenSource _gone = new();
    private IDisposable? _hangupWatch;
    private int _goneFired;
    private int _disposed;

    public ClientConnection(Socket socket)
        : base(Interlocked.Increment(ref s_lastId).ToString("x"))
    {
        _socket = socket;
        NetworkStream stream = new(socket, ownsSocket: false);
        PipeReader input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadSize, minimumReadSize: 4096, leaveOpen: true, useZeroByteReads: true));
        Output = new ClientWriter(PipeWriter.Create(stream, new StreamPipeWriterOptions(minimumBufferSize: WriteSize, leaveOpen: true)), FireGone);
        Input = new ClientReader(input, FireGone);
        Transport = new DuplexPipe(Input, Output);
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionClosed = CancellationToken.None;
        Features.Set(this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Cancelled when the client can read no answer any more: reset, failed write, both directions closed, or aborted by us.</summary>
    public CancellationToken Gone => _gone.Token;

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

    public override ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        _hangupWatch?.Dispose();
        CloseGracefully();
        Input.Complete();
        ((ClientWriter)Output).Close();
        FireGone();
        return base.DisposeAsync();
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
