using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Rtd.Daemon.Networking.Publishing;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

public sealed class ForwarderTests
{
    [Fact]
    public async Task Bytes_arrive_whole_in_both_directions_and_a_half_close_passes()
    {
        using Socket server = Listen();
        using Socket front = Listen();
        using TcpForwarder forwarder = new(front, (IPEndPoint)server.LocalEndPoint!);
        forwarder.Start();
        byte[] sent = RandomNumberGenerator.GetBytes(3_000_000);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(front.LocalEndPoint!);
        using Socket accepted = await server.AcceptAsync();

        // The server answers only after the client's end has come through: the answering direction must still be open.
        Task<byte[]> answer = ReadAllAsync(client);
        Task<byte[]> request = ReadAllAsync(accepted);
        await SendAllAsync(client, sent);
        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, await request);
        Array.Reverse(sent);
        await SendAllAsync(accepted, sent);
        accepted.Shutdown(SocketShutdown.Send);
        Assert.Equal(sent, await answer);
        await forwarder.StopAsync();
    }

    [Fact]
    public async Task A_container_that_does_not_listen_ends_the_connection()
    {
        IPEndPoint nobody;
        using (Socket closed = Listen())
        {
            nobody = (IPEndPoint)closed.LocalEndPoint!;
        }

        using Socket front = Listen();
        using TcpForwarder forwarder = new(front, nobody);
        forwarder.Start();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // The reset may come before the connect has been noticed.
        SocketException reset = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            await client.ConnectAsync(front.LocalEndPoint!);
            await client.ReceiveAsync(new byte[1]);
        });
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await forwarder.StopAsync();
    }

    [Fact]
    public async Task A_container_that_listens_on_the_other_family_is_found_there()
    {
        IPEndPoint nobody;
        using (Socket closed = Listen())
        {
            nobody = (IPEndPoint)closed.LocalEndPoint!;
        }

        using Socket server = Listen();
        using Socket front = Listen();
        using TcpForwarder forwarder = new(front, nobody, (IPEndPoint)server.LocalEndPoint!);
        forwarder.Start();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(front.LocalEndPoint!);
        using Socket accepted = await server.AcceptAsync();
        await SendAllAsync(accepted, [7]);
        accepted.Shutdown(SocketShutdown.Send);
        Assert.Equal([7], await ReadAllAsync(client));
        await forwarder.StopAsync();
    }

    [Fact]
    public async Task A_stop_ends_open_connections()
    {
        using Socket server = Listen();
        using Socket front = Listen();
        using TcpForwarder forwarder = new(front, (IPEndPoint)server.LocalEndPoint!);
        forwarder.Start();
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(front.LocalEndPoint!);
        using Socket accepted = await server.AcceptAsync();
        await forwarder.StopAsync();
        await Assert.ThrowsAsync<SocketException>(() => client.ReceiveAsync(new byte[1]));
        await Assert.ThrowsAsync<SocketException>(() => accepted.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task The_silent_udp_client_makes_room()
    {
        using Socket server = Bind();
        using Socket front = Bind();
        using UdpForwarder forwarder = new(front, (IPEndPoint)server.LocalEndPoint!, maxSessions: 2);
        forwarder.Start();
        List<EndPoint> seen = [];
        using Socket first = Bind(), second = Bind(), third = Bind();
        foreach (Socket client in (Socket[])[first, second, third, first])
        {
            await client.SendToAsync(new byte[] { 1, 2, 3 }, front.LocalEndPoint!);
            byte[] buffer = new byte[10];
            SocketReceiveFromResult received = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
            Assert.Equal(3, received.ReceivedBytes);
            seen.Add(received.RemoteEndPoint);
            await server.SendToAsync(buffer.AsMemory(0, 2), received.RemoteEndPoint);
            SocketReceiveFromResult answer = await client.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
            Assert.Equal(2, answer.ReceivedBytes);
            Assert.Equal(front.LocalEndPoint, answer.RemoteEndPoint);
        }

        // The third took the first's place, so the first came anew by another socket.
        Assert.Equal(3, seen.Take(3).Distinct().Count());
        Assert.NotEqual(seen[1], seen[3]);
        await forwarder.StopAsync();
    }

    private static Socket Listen()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private static Socket Bind()
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private static async Task SendAllAsync(Socket socket, byte[] bytes)
    {
        for (int sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent));
        }
    }

    private static async Task<byte[]> ReadAllAsync(Socket socket)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[65536];
        int count;
        while ((count = await socket.ReceiveAsync(buffer)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }
}
