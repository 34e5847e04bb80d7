using Rtd.Daemon.Networking.Firewall;

namespace Rtd.Daemon.Networking.Publishing;

/// <summary>Publishes ports for all drivers: reservation, firewall, forwarder.</summary>
/// <param name="filters">Gives null with <c>--iptables=false</c>: the forwarder then serves everything.</param>
internal sealed class PortPublisher(HostPorts hostPorts, Func<PacketFilter?> filters)
{
    /// <summary>Reserves the host ports; see <see cref="HostPorts.Reserve"/>.</summary>
    public PublishedPorts Reserve(PortTarget target, IReadOnlyList<PortBinding> bindings)
    {
        PacketFilter? filter = filters();
        return new PublishedPorts(target, hostPorts, hostPorts.Reserve(target, bindings, needSocket: filter is null), filter);
    }
}
