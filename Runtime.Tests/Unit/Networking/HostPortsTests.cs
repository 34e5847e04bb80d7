using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Networking.Publishing;
using Xunit;

namespace Rtd.Tests.Unit.Networking;

/// <summary>All on loopback, with ports that the kernel has found free.</summary>
public sealed class HostPortsTests
{
    private static readonly PortTarget s_container = new(IPAddress.Parse("172.17.0.2"), null);

    [Fact]
    public void A_released_port_can_be_had_again()
    {
        HostPorts ports = new();
        PortBinding binding = Binding("tcp", "127.0.0.1", FreePort());
        IReadOnlyList<PortReservation> first = ports.Reserve(s_container, [binding], needSocket: true);
        PortConflictException conflict = Assert.Throws<PortConflictException>(() => ports.Reserve(s_container, [binding], needSocket: true));
        Assert.Equal($"Bind for 127.0.0.1:{binding.HostPort} failed: port is already allocated", conflict.Message);
        Assert.Throws<PortConflictException>(() => ports.Reserve(s_container, [binding with { HostAddress = IPAddress.Any }], needSocket: true));
        ports.Release(first[0]);
        ports.Release(ports.Reserve(s_container, [binding], needSocket: true)[0]);
    }

    [Fact]
    public void Addresses_and_protocols_do_not_collide()
    {
        HostPorts ports = new();
        int port = FreePort();
        IReadOnlyList<PortReservation> reserved = ports.Reserve(
            s_container, [Binding("tcp", "127.0.0.1", port), Binding("udp", "127.0.0.1", port), Binding("tcp", "127.0.0.2", port)], needSocket: true);
        Assert.Equal(3, reserved.Count);
        Array.ForEach([.. reserved], ports.Release);
    }

    [Fact]
    public void A_refusal_gives_everything_back()
    {
        HostPorts ports = new();
        PortBinding taken = Binding("tcp", "127.0.0.1", FreePort());
        PortReservation held = ports.Reserve(s_container, [taken], needSocket: true)[0];
        PortBinding other = Binding("tcp", "127.0.0.1", FreePort());
        Assert.Throws<PortConflictException>(() => ports.Reserve(s_container, [other, taken], needSocket: true));
        ports.Release(ports.Reserve(s_container, [other], needSocket: true)[0]);
        ports.Release(held);
    }

    [Fact]
    public void Sctp_needs_the_firewall()
    {
        HostPorts ports = new();
        PortBinding binding = Binding("sctp", "127.0.0.1", 5000);
        Assert.Throws<PortConflictException>(() => ports.Reserve(s_container, [binding], needSocket: true));
        PortReservation held = ports.Reserve(s_container, [binding], needSocket: false)[0];
        Assert.Null(held.Socket);
        Assert.Throws<PortConflictException>(() => ports.Reserve(s_container, [binding], needSocket: false));
        ports.Release(held);
    }

    [Fact]
    public void The_same_request_for_several_addresses_agrees_on_a_port()
    {
        PortBinding first = Binding("tcp", "127.0.0.1", 0);
        PortBinding second = first with { HostAddress = IPAddress.Parse("127.0.0.2") };
        Assert.Equal([2, 1], HostPorts.Group([first, second, first]).Select(group => group.Count));

        int port = FreePort();
        HostPorts ports = new((port, port + 50));
        using Socket inTheWay = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        inTheWay.Bind(new IPEndPoint(second.HostAddress, port));
        inTheWay.Listen();
        IReadOnlyList<PortReservation> reserved = ports.Reserve(s_container, [first, second], needSocket: true);
        Assert.Equal(reserved[0].Binding.HostPort, reserved[1].Binding.HostPort);
        Assert.NotEqual(port, reserved[0].Binding.HostPort);
        Array.ForEach([.. reserved], ports.Release);
    }

    private static PortBinding Binding(string protocol, string address, int port) => new(protocol, 80, IPAddress.Parse(address), port, port);

    private static int FreePort()
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
