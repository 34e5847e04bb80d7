using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NLog;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>Accepts on a reserved port and carries both directions to the container, half-closes included.</summary>
/// <param name="other">
/// Where to go when the target refuses, or null. A client of localhost comes by ::1 and is connected before the container is asked: it would not
/// try again by 127.0.0.1 for a program that listens on IPv4 alone.
/// </param>
internal sealed class TcpForwarder(Socket listener, IPEndPoint target, IPEndPoint? other = null) : IForwarder
{
    private const int BufferSize = 64 * 1024;

    // As docker-proxy does.
    private const int KeepAliveSeconds = 15;

    private static readonly Logger s_log = LogManager.GetLogger("network");
    private static readonly TimeSpan s_acceptPause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Task, bool> _connections = [];
    private Task _accepting = Task.CompletedTask;

    public void Start() => _accepting = AcceptAsync();

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        await Task.WhenAll(_connections.Keys);
    }

    public void Dispose() => _stop.Dispose();

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await listener.AcceptAsync(_stop.Token);
                Track(ServeAsync(client));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
            {
                // The connection stays in the backlog; the kernel does not tell when there is an fd again.
                s_log.Warn("published port {0}: {1}", listener.LocalEndPoint, e.Message);
                await Task.Delay(s_acceptPause);
            }
            catch (SocketException e)
            {
                // The peer was gone before it was accepted.
                s_log.Debug("published port {0}: {1}", listener.LocalEndPoint, e.Message);
            }
        }
    }

    private void Track(Task connection)
    {
        _connections[connection] = true;
        connection.ContinueWith(done => _connections.TryRemove(done, out _), TaskScheduler.Default);
    }

    private async Task ServeAsync(Socket client)
    {
        using Socket held = client;
        using CancellationTokenSource broken = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Socket? server = null;
        try
        {
            client.NoDelay = true;
            KeepAlive(client);
            server = await ConnectAsync(broken.Token);
            await Task.WhenAll(CopyAsync(client, server, broken), CopyAsync(server, client, broken));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // A reset stays a reset on the other side.
            client.LingerState = new LingerOption(true, 0);
            if (server is not null)
            {
                server.LingerState = new LingerOption(true, 0);
            }
        }
        finally
        {
            server?.Dispose();
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellation)
    {
        try
        {
            return await ConnectAsync(target, cancellation);
        }
        catch (SocketException refused) when (other is not null && refused.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return await ConnectAsync(other, cancellation);
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint to, CancellationToken cancellation)
    {
        Socket server = new(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            KeepAlive(server);
            await server.ConnectAsync(to, cancellation);
            return server;
        }
        catch
        {
            // The other side may have accepted before we have noticed: it too is told of a break, not of an end.
            server.LingerState = new LingerOption(true, 0);
            server.Dispose();
            throw;
        }
    }

    /// <summary>A peer can be gone without a word: also when rules that come back lead its packets past us. What is known of it is not to stay for good.</summary>
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveSeconds);
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationTokenSource broken)
    {
        try
        {
            while (await CopyChunkAsync(from, to, broken.Token))
            {
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            await broken.CancelAsync();
            throw;
        }
    }

    /// <summary>Carries what has come; false at the end. A connection that waits holds no buffer.</summary>
    private static async ValueTask<bool> CopyChunkAsync(Socket from, Socket to, CancellationToken cancellation)
    {
        await from.ReceiveAsync(Memory<byte>.Empty, cancellation);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count = await from.ReceiveAsync(buffer, cancellation);
            for (int sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), cancellation);
            }

            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
