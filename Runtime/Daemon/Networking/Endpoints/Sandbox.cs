using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Names;
using Rtd.Daemon.Networking.Namespaces;
using Rtd.Daemon.Networking.Publishing;
using Rtd.Protocol.Netlink;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Networking.Endpoints;

/// <summary>All of one container's network: which endpoint is eth0, which is the way out, where the ports lead.</summary>
internal sealed class Sandbox(SandboxRequest request, NetworkService service) : ISandbox, INameSource
{
    private static readonly Logger s_log = LogManager.GetLogger("network");

    // Connects, disconnects and the release go one after the other.
    private readonly SemaphoreSlim _gate = new(1);
    private volatile ImmutableList<Endpoint> _endpoints = [];
    private volatile PublishedPorts? _ports;
    private Endpoint? _portsEndpoint;
    private Resolver? _resolver;
    private Announcement? _unannounced;
    private bool _released;

    public IReadOnlyList<IEndpoint> Endpoints => _endpoints;

    public IEndpoint? GatewayEndpoint => GatewayOf(_endpoints);

    public IReadOnlyList<IPAddress> HostGateways => GatewayOf(_endpoints) is { } way
        ? [.. new[] { way.Gateway, way.GatewayV6 }.OfType<IPAddress>()]
        : service.BridgeAddresses;

    public IReadOnlyList<PortBinding> Ports => _ports?.Bindings ?? [];

    public bool HasResolver => _endpoints.Exists(endpoint => endpoint.Network.Names is not null);

    IReadOnlyList<Endpoint> INameSource.Places => _endpoints;

    bool INameSource.MayForward => GatewayOf(_endpoints) is not null;

    public SandboxState State => new()
    {
        Endpoints = [.. _endpoints.Select(endpoint => endpoint.Describe(endpoint.NetworkId))],
        Ports =
        [
            .. Ports.Select(port => new SandboxState.PortState
            {
                Protocol = port.Protocol,
                ContainerPort = port.ContainerPort,
                HostAddress = port.HostAddress.ToString(),
                HostPort = port.HostPort,
            }),
        ],
    };

    /// <summary>Goes on with what a former daemon has set up. What cannot be had any more is told in the log: the container runs on all the same.</summary>
    public async Task RestoreAsync(SandboxState state, int pid)
    {
        using NetworkNamespace target = NetworkNamespace.Open(pid);
        foreach (SandboxState.EndpointState known in state.Endpoints)
        {
            await TryAsync($"its place on network {known.NetworkId}", () =>
            {
                AddressedNetwork network = (AddressedNetwork)service.Find(known.NetworkId);
                EndpointRequest asked = request.Endpoints.FirstOrDefault(endpoint => service.Lookup(endpoint.Network)?.Id == known.NetworkId)
                    ?? new EndpointRequest { ContainerId = request.ContainerId, Network = known.NetworkId };
                Endpoint endpoint = network.Restore(asked, known);
                endpoint.Resume(target, known.InterfaceName);
                _endpoints = _endpoints.Add(endpoint);
                return Task.CompletedTask;
            });
        }

        await TryAsync("its ports", () =>
        {
            if (GatewayOf(_endpoints) is { } endpoint && state.Ports.Count > 0)
            {
                _ports = service.Publisher.Reserve(
                    new PortTarget(endpoint.Address, endpoint.AddressV6),
                    [.. state.Ports.Select(port => new PortBinding(port.Protocol, port.ContainerPort, IPAddress.Parse(port.HostAddress), port.HostPort, port.HostPort))]);
                _portsEndpoint = endpoint;
                _ports.Open();
            }

            return Task.CompletedTask;
        });
        await TryAsync("its resolver", () => StartResolverAsync(pid, again: true));
    }

    /// <summary>Reserves all addresses and ports, or none.</summary>
    public async Task AllocateAsync()
    {
        try
        {
            foreach (EndpointRequest asked in request.Endpoints)
            {
                service.Step("allocate");
                _endpoints = _endpoints.Add(await service.Find(asked.Network).AllocateAsync(asked));
            }

            service.Step("reserve ports");
            ReservePorts();
        }
        catch
        {
            await ReleaseAsync();
            throw;
        }
    }

    public async Task<NetworkState> ConnectAsync(int pid, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await _gate.WaitAsync(cancellation);
        try
        {
            RefuseWhenReleased();
            service.Step("open namespace");
            using NetworkNamespace target = NetworkNamespace.Open(pid);
            foreach (Endpoint endpoint in _endpoints)
            {
                service.Step("connect");
                endpoint.Connect(target, NameFor(endpoint));
            }

            service.Step("set up link");
            await SetUpAsync(target, _endpoints);
            service.Step("start resolver");
            await StartResolverAsync(pid);
            service.Step("open ports");
            _ports?.Open();
            service.Step("answer");
            NetworkState state = new(Loopback: true, [.. _endpoints.Select(endpoint => endpoint.Describe())], DefaultRoutes());
            _unannounced = new Announcement(target.Duplicate(), state);
            return state;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Announce() => _ = Interlocked.Exchange(ref _unannounced, null)?.SendAsync();

    public async Task<IEndpoint> AttachAsync(EndpointRequest asked, int pid)
    {
        await _gate.WaitAsync();
        try
        {
            RefuseWhenReleased();
            service.Step("allocate");
            Endpoint endpoint = await service.Find(asked.Network).AllocateAsync(asked);
            try
            {
                service.Step("open namespace");
                using NetworkNamespace target = NetworkNamespace.Open(pid);
                service.Step("connect");
                endpoint.Connect(target, NameFor(endpoint));
                service.Step("set up link");
                await SetUpAsync(target, [endpoint]);
                _endpoints = _endpoints.Add(endpoint);
                service.Step("set up inside");
                await ApplyAsync(target, [endpoint.Describe()]);
                service.Step("start resolver");
                await StartResolverAsync(pid);
                service.Step("move ports");
                await MovePortsAsync();
                service.Step("answer");
                _ = new Announcement(target.Duplicate(), new NetworkState(Loopback: false, [endpoint.Describe()], [])).SendAsync();
                return endpoint;
            }
            catch
            {
                await StopUnusedResolverAsync(endpoint);
                await TakeFromAsync(endpoint, pid);
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task DetachAsync(string networkId, int pid)
    {
        await _gate.WaitAsync();
        try
        {
            Endpoint endpoint = _endpoints.Find(known => known.NetworkId == networkId)
                ?? throw EngineException.NotFound($"container {request.ContainerId} is not connected to network {networkId}");
            await TakeFromAsync(endpoint, pid);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Rename(string name)
    {
        foreach (Endpoint endpoint in _endpoints)
        {
            endpoint.Rename(name);
        }
    }

    public async Task ReleaseAsync()
    {
        await LeaveAsync();
        await Task.WhenAll(_endpoints.Select(endpoint => endpoint.ReleaseAsync()));
    }

    public async Task LeaveAsync()
    {
        await _gate.WaitAsync();
        try
        {
            _released = true;
            _resolver?.Dispose();
            _resolver = null;
            Interlocked.Exchange(ref _unannounced, null)?.Dispose();
            try
            {
                await ClosePortsAsync();
            }
            finally
            {
                _endpoints.ForEach(endpoint => endpoint.Leave());
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task TryAsync(string what, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "container {0}: after a restart of the daemon it goes on without {1}", request.ContainerId, what);
        }
    }

    private void RefuseWhenReleased()
    {
        if (_released)
        {
            throw new InvalidOperationException($"the network of container {request.ContainerId} is already released");
        }
    }

    /// <summary>
    /// Whoever sends router advertisements on a bridge is a container (CVE-2020-13401): nobody is to listen. A link without an IPv6 address does
    /// not speak it at all (CVE-2024-32473). What the container asks for itself comes after that.
    /// </summary>
    private static Task SetUpAsync(NetworkNamespace target, IReadOnlyCollection<Endpoint> endpoints)
    {
        (string Name, string Value)[] settings = [.. endpoints.SelectMany(SettingsOf)];
        return settings.Length == 0 ? Task.CompletedTask : target.RunAsync(() =>
        {
            foreach ((string name, string value) in settings)
            {
                Sysctl.Set(name, value);
            }

            return true;
        });
    }

    private static IEnumerable<(string Name, string Value)> SettingsOf(Endpoint endpoint)
    {
        string link = endpoint.InterfaceName;
        yield return endpoint.AddressV6 is null ? ($"ipv6/conf/{link}/disable_ipv6", "1") : ($"ipv6/conf/{link}/accept_ra", "0");
        foreach ((string directory, string key, string value) in endpoint.Request.Interface.Sysctls)
        {
            yield return ($"{directory}/{link}/{key}", value);
        }
    }

    /// <summary>As dockerd chooses: by priority, then who has both families, then by name.</summary>
    private static Endpoint? GatewayOf(ImmutableList<Endpoint> endpoints, Func<Endpoint, IPAddress?>? family = null) => endpoints
        .Where(endpoint => family is null ? (endpoint.Gateway ?? endpoint.GatewayV6) is not null : family(endpoint) is not null)
        .OrderByDescending(endpoint => endpoint.Request.GatewayPriority)
        .ThenByDescending(endpoint => endpoint.Gateway is not null && endpoint.GatewayV6 is not null)
        .ThenBy(endpoint => endpoint.NetworkName, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>From the first network on whose names are resolved; it stays until the container ends.</summary>
    private async Task StartResolverAsync(int pid, bool again = false)
    {
        if (_resolver is null && HasResolver)
        {
            _resolver = await Resolver.StartAsync(this, request, pid, service.Keeper, again);
        }
    }

    /// <summary>After a connect that failed: the container's resolv.conf does not name it yet. (One that was in use goes on until the container ends.)</summary>
    private async Task StopUnusedResolverAsync(Endpoint failed)
    {
        if (_resolver is { } unused && _endpoints.TrueForAll(endpoint => endpoint == failed || endpoint.Network.Names is null))
        {
            _resolver = null;
            await unused.WithdrawAsync();
        }
    }

    private List<NetworkRoute> DefaultRoutes()
    {
        List<NetworkRoute> routes = [];
        if (GatewayOf(_endpoints, endpoint => endpoint.Gateway) is { } v4)
        {
            routes.Add(new NetworkRoute(IPAddress.Any, 0, v4.Gateway, v4.InterfaceName));
        }

        if (GatewayOf(_endpoints, endpoint => endpoint.GatewayV6) is { } v6)
        {
            routes.Add(new NetworkRoute(IPAddress.IPv6Any, 0, v6.GatewayV6, v6.InterfaceName));
        }

        return routes;
    }

    /// <summary>What rtinit does for a start, in a container that runs.</summary>
    private Task<bool> ApplyAsync(NetworkNamespace target, IReadOnlyList<NetworkInterface> added)
    {
        NetworkState state = new(Loopback: false, added, DefaultRoutes());
        return target.RunAsync(() =>
        {
            NetworkSetup.Apply(state);
            return true;
        });
    }

    /// <summary>The name that was asked for; else the network's prefix and the first number that nobody has or asks for.</summary>
    private string NameFor(Endpoint endpoint)
    {
        string asked = endpoint.Request.Interface.Name;
        if (asked.Length == 0)
        {
            return NextName(endpoint.Network.InterfacePrefix);
        }

        return _endpoints.Exists(known => known.InterfaceName == asked)
            ? throw EngineException.Conflict($"container {request.ContainerId} has an interface named {asked} already")
            : asked;
    }

    private string NextName(string prefix)
    {
        for (int number = 0; ; number++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}");
            if (!_endpoints.Exists(endpoint => endpoint.InterfaceName == name || endpoint.Request.Interface.Name == name))
            {
                return name;
            }
        }
    }

    /// <summary>Ports lead to the endpoint that is the way out, where answers take the same way.</summary>
    private void ReservePorts()
    {
        Endpoint? endpoint = GatewayOf(_endpoints);
        if (endpoint is null || request.Ports.Count == 0 || endpoint.Network.PublishAddresses.Count == 0)
        {
            return;
        }

        try
        {
            _ports = service.Publisher.Reserve(new PortTarget(endpoint.Address, endpoint.AddressV6), Bindings(endpoint.Network.PublishAddresses));
            _portsEndpoint = endpoint;
        }
        catch (PortConflictException e)
        {
            throw new EngineException(ErrorKind.Conflict,
                $"driver failed programming external connectivity on endpoint {endpoint.Request.DisplayName} ({endpoint.EndpointId}): {e.Message}", e);
        }
    }

    private List<PortBinding> Bindings(IReadOnlyList<IPAddress> defaults)
    {
        List<PortBinding> bindings = [];
        foreach (PortRequest port in request.Ports)
        {
            IReadOnlyList<IPAddress> addresses = port.HostAddress is null ? defaults : [port.HostAddress];
            bindings.AddRange(addresses.Select(address => new PortBinding(port.Protocol, port.ContainerPort, address, port.HostPort, port.HostPortEnd)));
        }

        return bindings;
    }

    /// <summary>Takes an endpoint out of a running container: ports and the default route go by another one, if there is one.</summary>
    private async Task TakeFromAsync(Endpoint endpoint, int pid)
    {
        _endpoints = _endpoints.Remove(endpoint);
        try
        {
            await MovePortsAsync();
        }
        finally
        {
            await endpoint.ReleaseAsync();
            using NetworkNamespace target = NetworkNamespace.Open(pid);
            await ApplyAsync(target, []);
        }
    }

    /// <summary>After a change of networks: another endpoint may be the way out now.</summary>
    private async Task MovePortsAsync()
    {
        if (GatewayOf(_endpoints) != _portsEndpoint && request.Ports.Count > 0)
        {
            await ClosePortsAsync();
            ReservePorts();
            _ports?.Open();
        }
    }

    private async Task ClosePortsAsync()
    {
        if (_ports is { } open)
        {
            await open.CloseAsync();
            _ports = null;
            _portsEndpoint = null;
        }
    }
}
