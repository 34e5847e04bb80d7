using System.Net.Security;
using System.Net.Sockets;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Security;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>A socket to a collector: a stream, with or without TLS, or datagrams.</summary>
internal sealed class CollectorConnection : IAsyncDisposable
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(1);

    private static readonly Logger s_log = LogManager.GetLogger("logs");

    private readonly Socket _socket;
    private readonly Stream? _stream;

    private CollectorConnection(Socket socket, Stream? stream)
    {
        _socket = socket;
        _stream = stream;
    }

    public Socket Socket => _socket;

    public Stream Stream => _stream ?? throw new InvalidOperationException("a datagram socket has no stream");

    /// <exception cref="IOException">In the words of Go's dialer, which people know from Docker.</exception>
    public static async Task<CollectorConnection> OpenAsync(CollectorAddress address, TlsFiles? tls, CancellationToken cancelled)
    {
        SocketType type = address.IsDatagram ? SocketType.Dgram : SocketType.Stream;
        Socket socket = address.Path is not null
            ? new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified)
            : new Socket(type, address.IsDatagram ? ProtocolType.Udp : ProtocolType.Tcp);
        try
        {
            await (address.Path is { } path
                ? socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancelled)
                : socket.ConnectAsync(address.Host, address.Port, cancelled));
            if (address.IsDatagram)
            {
                return new CollectorConnection(socket, null);
            }

            NetworkStream stream = new(socket, ownsSocket: false);
            return new CollectorConnection(socket, address.IsTls ? await TlsClient.AuthenticateAsync(stream, address.Host, tls ?? new TlsFiles(), cancelled) : stream);
        }
        catch (SocketException failed)
        {
            socket.Dispose();
            throw new IOException($"dial {address.Scheme} {address.Path ?? $"{address.Host}:{address.Port}"}: {SocketReason.Of(failed, address.Path is not null)}", failed);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether the collector has closed a stream: it has then an end to read. Written bytes would go nowhere.</summary>
    public bool IsClosed()
    {
        try
        {
            return _stream is not null && _socket.Poll(0, SelectMode.SelectRead) && _socket.Available == 0;
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
        {
            await SayGoodbyeAsync(_stream);
            await _stream.DisposeAsync();
        }

        _socket.Dispose();
    }

    /// <summary>
    /// Ends the stream and waits for the collector to do so too: a close with bytes that were not read (TLS 1.3 sends tickets nobody asked for)
    /// would reset the connection, and what the collector has not read yet would be lost.
    /// </summary>
    private async Task SayGoodbyeAsync(Stream stream)
    {
        using CancellationTokenSource limit = new(s_goodbye);
        try
        {
            if (stream is SslStream tls)
            {
                await tls.ShutdownAsync();
            }

            _socket.Shutdown(SocketShutdown.Send);
            byte[] rest = new byte[4096];
            int count;
            do
            {
                count = await _socket.ReceiveAsync(rest.AsMemory(), limit.Token);
            }
            while (count > 0);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            s_log.Debug("a collector did not say goodbye: {Reason}", gone.Message);
        }
    }
}
