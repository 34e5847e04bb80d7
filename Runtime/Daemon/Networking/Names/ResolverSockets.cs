using System.Net;
using System.Net.Sockets;

namespace Rtd.Daemon.Networking.Names;

/// <summary>The sockets that a container's questions come in by, in its own network namespace.</summary>
internal sealed record ResolverSockets(Socket Udp, Socket Tcp) : IDisposable
{
    // The kernel gives what net.core.rmem_max allows: room for the questions of a moment in which the daemon has no processor.
    private const int ReceiveBuffer = 1 << 20;

    private static readonly IPAddress s_address = IPAddress.Parse("127.0.0.11");

    public int UdpPort => ((IPEndPoint)Udp.LocalEndPoint!).Port;

    public int TcpPort => ((IPEndPoint)Tcp.LocalEndPoint!).Port;

    /// <summary>To be called by a thread in that namespace. It makes system calls only, and waits for nothing.</summary>
    public static ResolverSockets Open()
    {
        Socket udp = Bind(SocketType.Dgram, ProtocolType.Udp);
        try
        {
            udp.ReceiveBufferSize = ReceiveBuffer;
            Socket tcp = Bind(SocketType.Stream, ProtocolType.Tcp);
            tcp.Listen();
            return new ResolverSockets(udp, tcp);
        }
        catch
        {
            udp.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Udp.Dispose();
        Tcp.Dispose();
    }

    private static Socket Bind(SocketType type, ProtocolType protocol)
    {
        Socket socket = new(AddressFamily.InterNetwork, type, protocol);
        try
        {
            socket.Bind(new IPEndPoint(s_address, 0));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
