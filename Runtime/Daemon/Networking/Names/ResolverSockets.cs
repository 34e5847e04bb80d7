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

    /// <summary>Those that a former daemon had kept; null when it has not.</summary>
    public static ResolverSockets? TakeKept(IFdKeeper? keeper, string containerId)
    {
        Socket? udp = keeper.Take(Name(containerId, "udp"));
        Socket? tcp = keeper.Take(Name(containerId, "tcp"));
        if (udp is not null && tcp is not null)
        {
            return new ResolverSockets(udp, tcp);
        }

        udp?.Dispose();
        tcp?.Dispose();
        return null;
    }

    public void Keep(IFdKeeper? keeper, string containerId)
    {
        keeper?.Keep(Name(containerId, "udp"), Udp.SafeHandle);
        keeper?.Keep(Name(containerId, "tcp"), Tcp.SafeHandle);
    }

    public void Drop(IFdKeeper? keeper, string containerId)
    {
        keeper?.Drop(Name(containerId, "udp"));
        keeper?.Drop(Name(containerId, "tcp"));
    }

    private static string Name(string containerId, string protocol) => $"dns:{containerId}:{protocol}";

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
