using System.Net;
using Rtd.Daemon.Networking.Firewall;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>The published ports of one endpoint: reserved when made, open between <see cref="Open"/> and <see cref="CloseAsync"/>.</summary>
internal sealed class PublishedPorts
{
    private readonly PortTarget _target;
    private readonly HostPorts _hostPorts;
    private readonly PacketFilter? _filter;
    private readonly List<PortReservation> _reservations;
    private readonly List<PublishedPort> _ports;
    private readonly List<IForwarder> _forwarders = [];
    private bool _inFilter;

    public PublishedPorts(PortTarget target, HostPorts hostPorts, IReadOnlyList<PortReservation> reservations, PacketFilter? filter)
    {
        _target = target;
        _hostPorts = hostPorts;
        _filter = filter;
        _reservations = [.. reservations];
        _ports = _reservations.ConvertAll(r =>
            new PublishedPort(r.Binding.Protocol, r.Binding.HostAddress, r.Binding.HostPort, target.For(r.Binding.HostAddress), r.Binding.ContainerPort));
        Bindings = _reservations.ConvertAll(r => r.Binding);
    }

    /// <summary>As really bound.</summary>
    public IReadOnlyList<PortBinding> Bindings { get; }

    /// <summary>Lets traffic in.</summary>
    public void Open()
    {
        if (_ports.Count == 0)
        {
            return;
        }

        if (_filter is not null)
        {
            _filter.Publish(_ports);
            _inFilter = true;
        }

        foreach (PortReservation reservation in _reservations)
        {
            if (reservation.Socket is { } socket)
            {
                IPEndPoint target = new(_target.For(reservation.Binding.HostAddress), reservation.Binding.ContainerPort);
                IPEndPoint? other = _target.Besides(reservation.Binding.HostAddress) is { } address ? new IPEndPoint(address, target.Port) : null;
                IForwarder forwarder = reservation.Binding.Protocol == "tcp" ? new TcpForwarder(socket, target, other) : new UdpForwarder(socket, target);
                forwarder.Start();
                _forwarders.Add(forwarder);
            }
        }
    }

    /// <summary>Takes everything back, also what <see cref="Open"/> did before it failed. Once more is harmless.</summary>
    public async Task CloseAsync()
    {
        try
        {
            // Before the ports are free for others: an element left behind would be in the next one's way.
            Withdraw();
        }
        finally
        {
            foreach (IForwarder forwarder in _forwarders)
            {
                await forwarder.StopAsync();
                forwarder.Dispose();
            }

            _forwarders.Clear();
            _reservations.ForEach(_hostPorts.Release);
            _reservations.Clear();
        }
    }

    private void Withdraw()
    {
        if (_inFilter)
        {
            _inFilter = false;
            _filter!.Withdraw(_ports);
        }
    }
}
