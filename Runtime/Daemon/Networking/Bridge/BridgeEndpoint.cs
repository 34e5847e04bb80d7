using System.Net;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Publishing;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>A container's place on a bridge.</summary>
internal sealed class BridgeEndpoint(BridgeNetwork network, string id, IPAddress address, byte[] mac, PublishedPorts ports) : IEndpoint
{
    private const string InnerName = "eth0";

    // One connect or release at a time; never held across another endpoint's.
    private readonly Lock _gate = new();
    private bool _linked;
    private Task? _release;

    public string NetworkName => network.Record.Name;

    public string NetworkId => network.Record.Id;

    public string EndpointId { get; } = id;

    public IPAddress Address { get; } = address;

    public int PrefixLength => network.PrefixLength;

    public IPAddress? Gateway => network.Gateway;

    public string MacAddress { get; } = MacAddresses.Format(mac);

    public IReadOnlyList<PortBinding> Ports => ports.Bindings;

    public Task<NetworkState> ConnectAsync(int pid, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_release is not null || _linked)
            {
                throw new InvalidOperationException($"endpoint {EndpointId} is already {(_linked ? "connected" : "released")}");
            }

            VethPair.Create(network.Links, EndpointId, network.BridgeIndex, pid, InnerName, mac, network.Mtu, network.Isolated);
            _linked = true;
            ports.Open();
            return Task.FromResult(DescribeInside());
        }
    }

    /// <summary>All callers wait for the same release; one that failed is tried again.</summary>
    public Task ReleaseAsync()
    {
        lock (_gate)
        {
            return _release = _release is null or { IsFaulted: true } ? TakeBackAsync() : _release;
        }
    }

    /// <summary>The name is final already, and MAC address and MTU are set: rtinit has only the address, the route and the raising left.</summary>
    private NetworkState DescribeInside() => new(
        Loopback: true,
        [new NetworkInterface(InnerName, InnerName, [], 0, [new InterfaceAddress(Address, PrefixLength)])],
        [new NetworkRoute(IPAddress.Any, 0, network.Gateway, InnerName)]);

    /// <summary>Every step is tried, whatever became of the one before. The address is given back only when the link is gone, or it could be in use twice.</summary>
    private async Task TakeBackAsync()
    {
        try
        {
            await ports.CloseAsync();
        }
        finally
        {
            if (_linked)
            {
                await network.Reaper.DeleteAsync(VethPair.NameOf(EndpointId));
                _linked = false;
            }

            network.Forget(this);
        }
    }
}
