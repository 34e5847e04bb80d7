using System.Net.Sockets;
using Rtd.Daemon.Security;

namespace Rtd.Daemon.Logging.Remote;

/// <summary>A socket to a collector: a stream, with or without TLS, or datagrams.</summary>
internal sealed class CollectorConnection : IAsyncDisposable
{
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
            throw new IOException($"dial {address.Scheme} {address.Path ?? $"{address.Host}:{address.Port}"}: {failed.Message.ToLowerInvariant()}", failed);
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
            await _stream.DisposeAsync();
        }

        _socket.Dispose();
    }
}
