using System.Net.Sockets;
using System.Text;
using NLog;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Startup;

/// <summary>Tells the service manager how the daemon is doing, when it asked to be told: sd_notify(3).</summary>
/// <param name="address">The value of NOTIFY_SOCKET: a path, or @ and an abstract name; anything else is nobody.</param>
internal sealed class ServiceNotifier(string? address)
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (address is not (['/', ..] or ['@', _, ..]))
        {
            return;
        }

        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            string path = address[0] == '@' ? '\0' + address[1..] : address;
            socket.SendTo(Encoding.ASCII.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error)
        {
            s_log.Warn("can't tell the service manager {State}: {Reason}", state, SocketReason.Of(error, isPath: true));
        }
    }
}
