using System.Collections.Concurrent;
using System.Net.Sockets;
using Rtd.Daemon.Networking.Namespaces;

namespace Rtd.Daemon.Networking.Names;

/// <summary>Sockets for questions to name servers, opened in a container's namespace some at a time: getting there takes a thread.</summary>
/// <remarks>Each is used for one question, so that each question has a port of its own that a forger would have to guess.</remarks>
internal sealed class UpstreamSockets(NetworkNamespace target) : IDisposable
{
    private const int AtATime = 4;

    private readonly ConcurrentDictionary<AddressFamily, ConcurrentBag<Socket>> _ready = [];
    private volatile bool _disposed;

    public async Task<Socket> TakeUdpAsync(AddressFamily family)
    {
        ConcurrentBag<Socket> ready = _ready.GetOrAdd(family, _ => []);
        if (ready.TryTake(out Socket? socket))
        {
            return socket;
        }

        Socket[] opened = await target.RunAsync(() => OpenSome(family));
        foreach (Socket further in opened.AsSpan(1))
        {
            ready.Add(further);
        }

        if (_disposed)
        {
            Empty();
        }

        return opened[0];
    }

    public Task<Socket> OpenTcpAsync(AddressFamily family) => target.RunAsync(() => new Socket(family, SocketType.Stream, ProtocolType.Tcp));

    public void Dispose()
    {
        _disposed = true;
        Empty();
    }

    private static Socket[] OpenSome(AddressFamily family)
    {
        Socket[] sockets = new Socket[AtATime];
        for (int i = 0; i < AtATime; i++)
        {
            sockets[i] = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        }

        return sockets;
    }

    private void Empty()
    {
        foreach (ConcurrentBag<Socket> ready in _ready.Values)
        {
            while (ready.TryTake(out Socket? socket))
            {
                socket.Dispose();
            }
        }
    }
}
