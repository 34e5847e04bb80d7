using System.Net.Sockets;
using System.Text;
using Rtd.Daemon.Startup;
using Xunit;

namespace Rtd.Tests.Integration.Startup;

public sealed class ServiceNotifierTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Manager_is_told_on_the_socket_it_named(bool isAbstract)
    {
        string name = $"/tmp/rtd-notify-{Guid.NewGuid():N}";
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));

        ServiceNotifier notifier = new((isAbstract ? "@" : "") + name);
        notifier.Ready();
        notifier.Stopping();

        Assert.Equal(["READY=1", "STOPPING=1"], [Receive(manager), Receive(manager)]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("@")]
    [InlineData("relative")]
    [InlineData("/nonexistent/socket")]
    public void Nobody_to_tell_is_no_error(string? address)
    {
        Exception? error = Record.Exception(() => new ServiceNotifier(address).Ready());

        Assert.Null(error);
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[64];
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }
}
