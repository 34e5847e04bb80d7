using System.Collections.Concurrent;
using System.Net;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Publishing;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>A bridge that is up, its addresses and its endpoints.</summary>
internal sealed class BridgeNetwork : INetwork
{
    private readonly BridgeOptions _options;
    private readonly BridgeAddressing _addressing;
    private readonly AddressPool _pool;
    private readonly PortPublisher _publisher;
    private readonly ConcurrentDictionary<string, AttachedEndpoint> _endpoints = [];

    public BridgeNetwork(
        NetworkRecord record, BridgeOptions options, BridgeAddressing addressing, int bridgeIndex, LinkTable links, LinkReaper reaper, PortPublisher publisher)
    {
        Record = record;
        BridgeIndex = bridgeIndex;
        Links = links;
        Reaper = reaper;
        _options = options;
        _addressing = addressing;
        _publisher = publisher;
        _pool = new AddressPool(addressing.Subnet, addressing.Range);
        _pool.Take(addressing.Gateway);
        Pools = [new NetworkPool(addressing.Subnet, addressing.Range == addressing.Subnet ? null : addressing.Range, addressing.Gateway)];
        Options = DescribeOptions(options);
    }

    public NetworkRecord Record { get; }

    public IReadOnlyList<NetworkPool> Pools { get; }

    public IReadOnlyDictionary<string, string> Options { get; }

    public IReadOnlyList<AttachedEndpoint> Endpoints => [.. _endpoints.Values];

    public LinkTable Links { get; }

    public LinkReaper Reaper { get; }

    public int BridgeIndex { get; }

    public int Mtu => _options.Mtu;

    /// <summary>Containers may not reach each other.</summary>
    public bool Isolated => !_options.Icc;

    public IPAddress Gateway => _addressing.Gateway;

    public int PrefixLength => _addressing.Subnet.PrefixLength;

    public IEndpoint Allocate(EndpointRequest request)
    {
        byte[]? mac = request.MacAddress is { Length: > 0 } text ? MacAddresses.Parse(text) : null;
        IPAddress address = TakeAddress(request.Address);
        string id = NetworkStore.NewId();
        try
        {
            PublishedPorts ports = ReservePorts(request, address, id);
            BridgeEndpoint endpoint = new(this, id, address, mac ?? MacAddresses.FromAddress(address), ports);
            _endpoints[id] = new AttachedEndpoint(request.ContainerId, NameOf(request), endpoint);
            return endpoint;
        }
        catch
        {
            _pool.Return(address);
            throw;
        }
    }

    /// <summary>Called once by an endpoint that has taken everything else back.</summary>
    public void Forget(BridgeEndpoint endpoint)
    {
        if (_endpoints.TryRemove(endpoint.EndpointId, out _))
        {
            _pool.Return(endpoint.Address);
        }
    }

    public async Task SweepAsync()
    {
        HashSet<string> current = [.. _endpoints.Keys.Select(VethPair.NameOf)];
        await Task.WhenAll(Links.Links()
            .Where(link => link.Kind == "veth" && link.Master == BridgeIndex && link.Alias.StartsWith(VethPair.AliasPrefix, StringComparison.Ordinal))
            .Where(link => !current.Contains(link.Name))
            .Select(link => Reaper.DeleteAsync(link.Name)));
    }

    public void Remove() => BridgeLink.Delete(Links, _options.BridgeName);

    private IPAddress TakeAddress(IPAddress? requested)
    {
        if (requested is null)
        {
            return _pool.Take();
        }

        _pool.Take(requested);
        return requested;
    }

    private PublishedPorts ReservePorts(EndpointRequest request, IPAddress address, string endpointId)
    {
        try
        {
            return _publisher.Reserve(address, request.Ports);
        }
        catch (PortConflictException e)
        {
            throw new EngineException(ErrorKind.Conflict,
                $"driver failed programming external connectivity on endpoint {NameOf(request)} ({endpointId}): {e.Message}", e);
        }
    }

    private static string NameOf(EndpointRequest request) => request.ContainerName.Length > 0
        ? request.ContainerName
        : request.ContainerId[..Math.Min(12, request.ContainerId.Length)];

    private static Dictionary<string, string> DescribeOptions(BridgeOptions options) => new()
    {
        ["com.docker.network.bridge.default_bridge"] = "true",
        ["com.docker.network.bridge.enable_icc"] = options.Icc ? "true" : "false",
        ["com.docker.network.bridge.enable_ip_masquerade"] = options.IpMasq ? "true" : "false",
        ["com.docker.network.bridge.host_binding_ipv4"] = options.DefaultBindAddress.ToString(),
        ["com.docker.network.bridge.name"] = options.BridgeName,
        ["com.docker.network.driver.mtu"] = options.Mtu.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
