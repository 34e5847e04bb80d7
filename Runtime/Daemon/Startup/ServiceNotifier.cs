using System.Net.Sockets;
using System.Text;
using NLog;

namespace Rtd.Daemon.Startup;

/// <summary>Tells the service manager how the daemon is doing, when it asked to be told: sd_notify(3).</summary>
internal sealed class ServiceNotifier
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private readonly string? _address = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    private void Send(string state)
    {
        if (_address is not (['/', ..] or ['@', _, ..]))
        {
            return;
        }

        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            string path = _address[0] == '@' ? '\0' + _address[1..] : _address;
            socket.SendTo(Encoding.ASCII.GetBytes(state), new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException error)
        {
            s_log.Warn("can't tell the service manager {State}: {Reason}", state, error.Message);
        }
    }
}
