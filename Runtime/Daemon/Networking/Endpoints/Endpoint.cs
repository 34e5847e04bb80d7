using System.Net;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Namespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Networking.Endpoints;

/// <summary>A container's place on a network of any driver.</summary>
internal sealed class Endpoint(AddressedNetwork network, EndpointRequest request, string id, IPAddress? address, IPAddress? addressV6, byte[] mac) : IEndpoint
{
    // One connect or release at a time; never held across another endpoint's.
    private readonly Lock _gate = new();
    private bool _linked;
    private Task? _release;

    public AddressedNetwork Network => network;

    public EndpointRequest Request { get; private set; } = request;

    public string NetworkName => network.Record.Name;

    public string NetworkId => network.Record.Id;

    public string EndpointId { get; } = id;

    public IPAddress? Address { get; } = address;

    public int PrefixLength => Address is null ? 0 : network.PoolOf(Address).Subnet.PrefixLength;

    public IPAddress? Gateway => network.IsGateway ? GatewayOf(Address, "DefaultGatewayIPv4") : null;

    public IPAddress? AddressV6 { get; } = addressV6;

    public int PrefixLengthV6 => AddressV6 is null ? 0 : network.PoolOf(AddressV6).Subnet.PrefixLength;

    public IPAddress? GatewayV6 => network.IsGateway ? GatewayOf(AddressV6, "DefaultGatewayIPv6") : null;

    public byte[] Mac { get; } = mac;

    public string MacAddress { get; } = MacAddresses.Format(mac);

    public IReadOnlyList<string> DnsNames { get; private set; } = NamesOf(network, request);

    /// <summary>The name of its link inside; "" before <see cref="Connect"/>.</summary>
    public string InterfaceName { get; private set; } = "";

    /// <summary>Puts its link into a namespace, under its final name, and makes its names known.</summary>
    public void Connect(NetworkNamespace target, string interfaceName)
    {
        lock (_gate)
        {
            if (_release is not null || _linked)
            {
                throw new InvalidOperationException($"endpoint {EndpointId} is already {(_linked ? "connected" : "released")}");
            }

            InterfaceName = interfaceName;
            network.PlugIn(this, target);
            _linked = true;
            network.Names?.Add(this);
        }
    }

    /// <summary>Its link is where a former daemon has put it.</summary>
    public void Resume(NetworkNamespace target, string interfaceName)
    {
        lock (_gate)
        {
            InterfaceName = interfaceName;
            network.Resume(this, target);
            _linked = true;
            network.Names?.Add(this);
        }
    }

    public SandboxState.EndpointState Describe(string networkId) => new()
    {
        NetworkId = networkId,
        EndpointId = EndpointId,
        Address = Address?.ToString() ?? "",
        AddressV6 = AddressV6?.ToString() ?? "",
        MacAddress = MacAddress,
        InterfaceName = InterfaceName,
    };

    /// <summary>What is left to do inside: the name is final already, and MAC address and MTU are set.</summary>
    public NetworkInterface Describe()
    {
        List<InterfaceAddress> addresses = [];
        if (Address is not null)
        {
            addresses.Add(new InterfaceAddress(Address, PrefixLength));
        }

        if (AddressV6 is not null)
        {
            addresses.Add(new InterfaceAddress(AddressV6, PrefixLengthV6));
        }

        return new NetworkInterface(InterfaceName, InterfaceName, [], 0, addresses);
    }

    /// <summary>All callers wait for the same release; one that failed is tried again.</summary>
    public Task ReleaseAsync()
    {
        lock (_gate)
        {
            return _release = _release is null or { IsFaulted: true } ? TakeBackAsync() : _release;
        }
    }

    /// <summary>From now on its names are unknown and its network does not count it; see <see cref="ReleaseAsync"/> for the rest.</summary>
    public void Leave()
    {
        network.Names?.Remove(this);
        network.Leave(this);
    }

    public void Rename(string name)
    {
        lock (_gate)
        {
            Request = Request with { ContainerName = name };
            bool known = _linked && _release is null;
            if (known)
            {
                network.Names?.Remove(this);
            }

            DnsNames = NamesOf(network, Request);
            if (known)
            {
                network.Names?.Add(this);
            }
        }
    }

    /// <summary>The address is given back only when the link is gone, or it could be in use twice.</summary>
    private async Task TakeBackAsync()
    {
        network.Names?.Remove(this);
        if (_linked)
        {
            await network.UnplugAsync(this);
            _linked = false;
        }

        network.Forget(this);
    }

    /// <summary>A reserved address of this name stands in for the network's own gateway, as with Docker.</summary>
    private IPAddress? GatewayOf(IPAddress? address, string reserved) =>
        address is null ? null : network.PoolOf(address).Reserved.GetValueOrDefault(reserved) ?? network.PoolOf(address).Gateway;

    private static IReadOnlyList<string> NamesOf(AddressedNetwork network, EndpointRequest request)
    {
        if (network.Names is null)
        {
            return [];
        }

        string shortId = request.ContainerId[..Math.Min(12, request.ContainerId.Length)];
        IEnumerable<string> names = [request.ContainerName, .. request.Aliases, shortId];
        return [.. names.Where(name => name.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
