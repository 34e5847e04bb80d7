using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Firewall;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>Opens the ports of linked containers on a bridge without icc, while both ends are there; either may come back at another address.</summary>
/// <remarks>
/// The ports of such a bridge pass nothing to each other. The host answers their ARP questions in the others' stead (proxy_arp_pvlan), so that
/// what one container sends another goes through the host's forwarding, where the firewall lets through what is permitted.
/// </remarks>
internal sealed class BridgePermits(PacketFilter filter, string bridge)
{
    private readonly Lock _gate = new();
    private readonly List<Endpoint> _present = [];

    public void Add(Endpoint endpoint)
    {
        lock (_gate)
        {
            filter.Permit(PortsOf(endpoint));
            _present.Add(endpoint);
        }
    }

    /// <summary>One that is not there is out already.</summary>
    public void Remove(Endpoint endpoint)
    {
        lock (_gate)
        {
            if (_present.Remove(endpoint))
            {
                filter.Revoke(PortsOf(endpoint));
            }
        }
    }

    private List<LinkedPort> PortsOf(Endpoint endpoint) => [.. _present.SelectMany(other => Between(endpoint, other).Concat(Between(other, endpoint)))];

    private IEnumerable<LinkedPort> Between(Endpoint from, Endpoint to)
    {
        if (from.Address is not { } source || to.Address is not { } target)
        {
            return [];
        }

        return from.Request.Permits
            .Where(permit => permit.ContainerId == to.Request.ContainerId)
            .SelectMany(permit => permit.Ports)
            .Select(port => new LinkedPort(bridge, source, target, port.Protocol, port.Port));
    }
}
