using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Rtd.Client.Terminal;

namespace Rtd.Client.Engine;

/// <summary>One blocking byte stream to the daemon.</summary>
internal sealed class EngineSocket : IDisposable
{
    private readonly int _fd;
    private readonly Socket? _tcp;
    private readonly SslStream? _tls;
    private int _closed;

    private EngineSocket(int fd, Socket? tcp, SslStream? tls = null)
    {
        _fd = fd;
        _tcp = tcp;
        _tls = tls;
    }

    /// <summary>Wraps a connected descriptor, which is closed with the object.</summary>
    public static EngineSocket FromDescriptor(int fd) => new(fd, null);

    /// <exception cref="ClientException">The daemon cannot be reached, or its socket not be opened by this user.</exception>
    public static EngineSocket Connect(EngineHost host) => host.SocketPath is null ? ConnectTcp(host) : ConnectUnix(host);

    /// <summary>Bytes read, 0 at the end of the stream.</summary>
    public int Read(Span<byte> buffer)
    {
        if (_tls is not null)
        {
            return ReadTls(_tls, buffer);
        }

        int count = Libc.read(_fd, buffer);
        return count >= 0 ? count : throw new EngineConnectionException("read", -count);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
        {
            WriteTls(_tls, bytes);
            return;
        }

        int result = Libc.write_all(_fd, bytes);
        if (result < 0)
        {
            throw new EngineConnectionException("write", -result);
        }
    }

    /// <summary>Whether a read would return at once, with bytes or the end of the stream.</summary>
    public bool HasInput() => Libc.poll(_fd, Libc.POLLIN, 0);

    /// <summary>Ends our half of the stream; the daemon's half stays open.</summary>
    public void CloseWrite()
    {
        if (_tls is null)
        {
            Libc.shutdown(_fd, Libc.SHUT_WR);
            return;
        }

        try
        {
            // The closing record says the same; an end of TCP's own stream would be taken for a broken connection.
            _tls.ShutdownAsync().GetAwaiter().GetResult();
        }
        catch (Exception failure) when (failure is IOException or InvalidOperationException or ObjectDisposedException)
        {
            throw new EngineConnectionException(EngineTls.Reason(failure));
        }
    }

    /// <summary>Ends both halves, which wakes a reader on another thread.</summary>
    public void Abort() => Libc.shutdown(_fd, Libc.SHUT_RDWR);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        if (_tcp is not null)
        {
            _tls?.Dispose();
            _tcp.Dispose();
        }
        else
        {
            Libc.close(_fd);
        }
    }

    private static EngineSocket ConnectUnix(EngineHost host)
    {
        byte[] path = Encoding.UTF8.GetBytes(host.SocketPath!);
        if (path.Length > 107)
        {
            throw new ClientException($"the socket path {host.SocketPath} is longer than the 107 bytes a Unix socket address holds");
        }

        int fd = Libc.connect_unix(path);
        return fd >= 0 ? new EngineSocket(fd, null) : throw Unreachable(host, -fd);
    }

    private static EngineSocket ConnectTcp(EngineHost host)
    {
        SslClientAuthenticationOptions? tls = host.Tls?.Load(host.TcpHost!);
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.Connect(host.TcpHost!, host.TcpPort);
            return new EngineSocket((int)socket.SafeHandle.DangerousGetHandle(), socket, tls is null ? null : EngineTls.Connect(socket, tls));
        }
        catch (ClientException)
        {
            socket.Dispose();
            throw;
        }
        catch (SocketException failure)
        {
            socket.Dispose();
            throw failure.SocketErrorCode == SocketError.HostNotFound
                ? new ClientException($"error during connect: no such host: {host.TcpHost}")
                : NotRunning(host);
        }
    }

    private static int ReadTls(SslStream tls, Span<byte> buffer)
    {
        try
        {
            return tls.Read(buffer);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            throw new EngineConnectionException(EngineTls.Reason(failure));
        }
    }

    private static void WriteTls(SslStream tls, ReadOnlySpan<byte> bytes)
    {
        try
        {
            tls.Write(bytes);
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException or InvalidOperationException)
        {
            throw new EngineConnectionException(EngineTls.Reason(failure));
        }
    }

    private static ClientException Unreachable(EngineHost host, int errno) => errno switch
    {
        Libc.EACCES or Libc.EPERM => new ClientException($"permission denied while trying to connect to the rtd daemon socket at {host.Address}: connect: {ErrnoText.Of(errno)}"),
        _ => NotRunning(host),
    };

    private static ClientException NotRunning(EngineHost host) =>
        new($"Cannot connect to the rtd daemon at {host.Address}. Is the rtd daemon running?");
}
