using System.Net.Sockets;
using System.Text;

namespace Rtd.Tests.Integration.Hosting;

/// <summary>The receiving end of sd_notify: a datagram socket whose path the daemon finds in NOTIFY_SOCKET.</summary>
internal sealed class ReadySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public ReadySocket(string path)
    {
        Path = path;
        File.Delete(path);
        _socket.Bind(new UnixDomainSocketEndPoint(path));
    }

    public string Path { get; }

    /// <summary>Completes with the first message that says READY=1.</summary>
    public async Task WaitAsync(CancellationToken cancellation)
    {
        byte[] buffer = new byte[4096];
        while (true)
        {
            int length = await _socket.ReceiveAsync(buffer, cancellation);
            if (Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Contains("READY=1"))
            {
                return;
            }
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(Path);
    }
}
