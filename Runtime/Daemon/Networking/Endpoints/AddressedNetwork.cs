using System.Net;
using System.Net.Sockets;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Names;
using Rtd.Daemon.Networking.Namespaces;

namespace Rtd.Daemon.Networking.Endpoints;

/// <summary>What networks with addresses share: pools, endpoints, names. A driver adds how a link comes into a container and goes again.</summary>
internal abstract class AddressedNetwork : INetwork
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Endpoint> _endpoints = [];
    private readonly Departures _departures = new();
    private readonly List<(NetworkPool Pool, AddressPool Addresses)> _pools;
    private bool _closed;

    protected AddressedNetwork(NetworkRecord record, IReadOnlyList<NetworkPool> pools)
    {
        Record = record;
        Pools = pools;
        Names = record.UserDefined ? new NameTable() : null;
        _pools = [.. pools.Select(pool => (pool, MakePool(pool)))];
    }

    public NetworkRecord Record { get; }

    public IReadOnlyList<NetworkPool> Pools { get; }

    public NameTable? Names { get; }

    public virtual bool IsGateway => !Record.Internal;

    public abstract IReadOnlyDictionary<string, string> Options { get; }

    /// <summary>What links are called inside, before their number.</summary>
    public virtual string InterfacePrefix => "eth";

    /// <summary>The host addresses of a published port that names none; empty when ports of this network cannot be published.</summary>
    public abstract IReadOnlyList<IPAddress> PublishAddresses { get; }

    public IReadOnlyList<AttachedEndpoint> Endpoints => [.. Current.Select(e => new AttachedEndpoint(e.Request.ContainerId, e.Request.DisplayName, e))];

    protected IReadOnlyList<Endpoint> Current
    {
        get
        {
            lock (_gate)
            {
                return [.. _endpoints.Values];
            }
        }
    }

    /// <summary>Waits for an endpoint on its way out where it stands in the way: the container's own, for its address, or one with an address that is asked for.</summary>
    public async Task<Endpoint> AllocateAsync(EndpointRequest request)
    {
        await _departures.SettleAsync(leaving => leaving.Request.ContainerId == request.ContainerId
            || (request.Address is not null && request.Address.Equals(leaving.Address))
            || (request.AddressV6 is not null && request.AddressV6.Equals(leaving.AddressV6)));
        try
        {
            return Allocate(request);
        }
        catch (EngineException exhausted) when (exhausted.Kind == ErrorKind.System)
        {
            await _departures.SettleAsync(_ => true);
            return Allocate(request);
        }
    }

    /// <summary>The endpoint counts no more from here on; its link and its addresses follow.</summary>
    public void Leave(Endpoint endpoint)
    {
        lock (_gate)
        {
            _endpoints.Remove(endpoint.EndpointId);
        }

        _departures.Begin(endpoint);
    }

    public Task SettleAsync() => _departures.SettleAsync(_ => true);

    private Endpoint Allocate(EndpointRequest request)
    {
        byte[]? mac = request.MacAddress is { Length: > 0 } text ? MacAddresses.Parse(text) : null;
        IPAddress? address = null, addressV6 = null;
        try
        {
            address = Take(request.Address, AddressFamily.InterNetwork);
            addressV6 = Take(request.AddressV6, AddressFamily.InterNetworkV6);
            Endpoint endpoint = new(this, request, NetworkStore.NewId(), address, addressV6, mac ?? MacAddresses.For(address));
            lock (_gate)
            {
                if (_closed)
                {
                    throw EngineException.NotFound($"network {Record.Name} not found");
                }

                _endpoints.Add(endpoint.EndpointId, endpoint);
            }

            return endpoint;
        }
        catch
        {
            Return(address, addressV6);
            throw;
        }
    }

    /// <summary>Takes up an endpoint of a container that has outlived a daemon.</summary>
    public Endpoint Restore(EndpointRequest request, SandboxState.EndpointState state)
    {
        IPAddress? address = state.Address.Length == 0 ? null : IPAddress.Parse(state.Address);
        IPAddress? addressV6 = state.AddressV6.Length == 0 ? null : IPAddress.Parse(state.AddressV6);
        Endpoint endpoint = new(this, request, state.EndpointId, address, addressV6, MacAddresses.Parse(state.MacAddress));
        foreach (IPAddress taken in new[] { address, addressV6 }.OfType<IPAddress>())
        {
            AddressesOf(taken).Reserve(taken);
        }

        lock (_gate)
        {
            _endpoints.Add(endpoint.EndpointId, endpoint);
        }

        return endpoint;
    }

    /// <summary>The subnet that an address of this network is of.</summary>
    public NetworkPool PoolOf(IPAddress address) => _pools.Find(entry => entry.Pool.Subnet.Contains(address)).Pool;

    /// <summary>Called once by an endpoint that has taken everything else back.</summary>
    public void Forget(Endpoint endpoint)
    {
        lock (_gate)
        {
            _endpoints.Remove(endpoint.EndpointId);
        }

        Return(endpoint.Address, endpoint.AddressV6);
    }

    public void Close()
    {
        lock (_gate)
        {
            if (_endpoints.Count > 0)
            {
                string holders = string.Join(", ", _endpoints.Values.Select(e => $"name:\"{e.Request.DisplayName}\" id:\"{e.Request.ContainerId[..12]}\""));
                throw new EngineException(ErrorKind.Forbidden, $"error while removing network: network {Record.Name} has active endpoints ({holders})");
            }

            _closed = true;
        }
    }

    public void Reopen()
    {
        lock (_gate)
        {
            _closed = false;
        }
    }

    /// <summary>Makes the endpoint's link in the namespace, named <see cref="Endpoint.InterfaceName"/>; nothing is left when it fails.</summary>
    public abstract void PlugIn(Endpoint endpoint, NetworkNamespace target);

    /// <summary>Notes a link that a former daemon has made.</summary>
    public abstract void Resume(Endpoint endpoint, NetworkNamespace target);

    /// <summary>Completes when the link is gone; one that is not there is gone already.</summary>
    public abstract Task UnplugAsync(Endpoint endpoint);

    public abstract Task SweepAsync();

    public abstract void Remove();

    private static AddressPool MakePool(NetworkPool pool)
    {
        AddressPool addresses = new(pool.Subnet, pool.Range ?? pool.Subnet);
        foreach (IPAddress reserved in pool.Reserved.Values.Append(pool.Gateway).OfType<IPAddress>().Distinct())
        {
            if (pool.Subnet.Contains(reserved))
            {
                addresses.Reserve(reserved);
            }
        }

        return addresses;
    }

    /// <summary>Of several subnets the first that has an address left.</summary>
    private IPAddress? Take(IPAddress? requested, AddressFamily family)
    {
        if (requested is not null)
        {
            CheckRequested(requested, family);
            AddressesOf(requested).Take(requested);
            return requested;
        }

        List<AddressPool> pools = [.. _pools.Where(entry => entry.Pool.Subnet.Family == family).Select(entry => entry.Addresses)];
        foreach (AddressPool pool in pools)
        {
            if (pool.TryTake() is { } address)
            {
                return address;
            }
        }

        return pools.Count > 0 ? throw pools[^1].Exhausted() : null;
    }

    private AddressPool AddressesOf(IPAddress address) => _pools.Find(entry => entry.Pool.Subnet.Contains(address)).Addresses;

    private void CheckRequested(IPAddress requested, AddressFamily family)
    {
        if (!Record.UserDefined)
        {
            throw EngineException.InvalidParameter("user specified IP address is supported on user defined networks only");
        }

        bool configured = Record.Pools.Exists(known => known.Configured && IpSubnet.Parse(known.Subnet) is { } subnet && subnet.Family == family);
        if (!configured)
        {
            throw EngineException.InvalidParameter(
                $"invalid config for network {Record.Name}: invalid endpoint settings:\nuser specified IP address is supported only when connecting to networks with user configured subnets");
        }

        if (!_pools.Exists(entry => entry.Pool.Subnet.Contains(requested)))
        {
            throw EngineException.InvalidParameter(
                $"invalid config for network {Record.Name}: invalid endpoint settings:\nno configured subnet contains IP address {requested}");
        }
    }

    private void Return(IPAddress? address, IPAddress? addressV6)
    {
        foreach (IPAddress taken in new[] { address, addressV6 }.OfType<IPAddress>())
        {
            AddressesOf(taken).Return(taken);
        }
    }
}
