using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rtd.Tests.Integration.Networking;

/// <summary>Sockets in chosen namespaces: a server that says who called, and clients that ask.</summary>
internal static class Traffic
{
    // Long enough for a busy machine; it only ends calls that a test expects to be refused or lost.
    private static readonly TimeSpan s_lost = TimeSpan.FromSeconds(2);

    /// <summary>Serves one line per tcp connection: "peer-address received-text", after the client has closed its sending side.</summary>
    public static Task<Socket> ServeTcpAsync(NamespaceThread thread, int port) => thread.RunAsync(() =>
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Any, port));
        listener.Listen();
        _ = Task.Run(() => AnswerTcpAsync(listener));
        return listener;
    });

    /// <summary>Answers every datagram with "peer-address received-text".</summary>
    public static Task<Socket> ServeUdpAsync(NamespaceThread thread, int port) => thread.RunAsync(() =>
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        _ = Task.Run(() => AnswerUdpAsync(socket));
        return socket;
    });

    /// <summary>Sends a text, closes the sending side, and returns the answer; null when nobody answers.</summary>
    public static async Task<string?> AskTcpAsync(NamespaceThread thread, IPAddress address, int port, string text = "hello")
    {
        using Socket socket = await thread.RunAsync(() => new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp));
        using CancellationTokenSource timeout = new(s_lost);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), timeout.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), timeout.Token);
            socket.Shutdown(SocketShutdown.Send);
            string answer = await ReadAllAsync(socket, timeout.Token);
            return answer.Length > 0 ? answer : null;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Sends one datagram and returns the answer; null when nobody answers.</summary>
    public static async Task<string?> AskUdpAsync(NamespaceThread thread, IPAddress address, int port, string text = "hello")
    {
        using Socket socket = await thread.RunAsync(() => new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        using CancellationTokenSource timeout = new(s_lost);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, port), timeout.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), timeout.Token);
            byte[] buffer = new byte[1024];
            return Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, timeout.Token));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task AnswerTcpAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = AnswerAsync(await listener.AcceptAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has closed the listener.
        }
    }

    /// <summary>Beside the others: a client whose packets are led elsewhere in the middle of its connection never says that it has ended.</summary>
    private static async Task AnswerAsync(Socket client)
    {
        using (client)
        {
            try
            {
                string text = await ReadAllAsync(client, CancellationToken.None);
                await client.SendAsync(Encoding.UTF8.GetBytes($"{((IPEndPoint)client.RemoteEndPoint!).Address} {text}"));
            }
            catch (SocketException)
            {
                // That client is gone; it has seen so itself.
            }
        }
    }

    private static async Task AnswerUdpAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (true)
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                string text = Encoding.UTF8.GetString(buffer, 0, received.ReceivedBytes);
                await socket.SendToAsync(Encoding.UTF8.GetBytes($"{((IPEndPoint)received.RemoteEndPoint).Address} {text}"), received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has closed the socket.
        }
    }

    private static async Task<string> ReadAllAsync(Socket socket, CancellationToken cancellation)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[4096];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, cancellation)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }
}
