using System.Collections.Immutable;
using System.Net;
using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Networking.Bridge;
using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Daemon.Networking.Host;
using Rtd.Daemon.Networking.Ipvlan;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Macvlan;
using Rtd.Daemon.Networking.Null;
using Rtd.Daemon.Networking.Parents;
using Rtd.Daemon.Networking.Publishing;

namespace Rtd.Daemon.Networking;

/// <summary>The networks of the daemon; a file per verb that changes them.</summary>
internal sealed partial class NetworkService : INetworkService, IDisposable
{
    private const string DefaultNetwork = "bridge", DefaultNetworkAlias = "default";

    private static readonly Logger s_log = LogManager.GetLogger("network");

    /// <summary>For whoever is making or removing a network when the daemon stops.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Makes and removes networks one at a time: their subnets must not overlap. Never held over anything of a container.
    private readonly SemaphoreSlim _gate = new(1);
    private volatile bool _stopping;
    private readonly BridgeOptions _options;
    private readonly LinkTable _links = new();
    private readonly LinkReaper _reaper = new();
    private readonly NetworkStore _store;
    private readonly Lock _filterGate = new();
    private PacketFilter? _filter;
    private RulesetWatch? _watch;
    private readonly IEventPublisher? _events;
    private readonly IReadOnlyDictionary<string, INetworkDriver> _drivers;
    private volatile ImmutableList<INetwork> _networks = [];

    private NetworkService(BridgeOptions options, IEventPublisher? events)
    {
        _options = options;
        _events = events;
        try
        {
            _store = new NetworkStore(Path.Combine(options.DataDirectory, "network"));
            Publisher = new PortPublisher(new HostPorts(options.Keeper), Filter);
            ParentLinks parents = new(_links);
            _drivers = new INetworkDriver[]
            {
                new BridgeDriver(options, _links, _reaper, Filter, _store), new HostDriver(), new NullDriver(),
                new MacvlanDriver(_links, parents), new IpvlanDriver(_links, parents),
            }.ToDictionary(driver => driver.Type);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Lines for <c>info</c>: what outside of us stands in the containers' way.</summary>
    public IReadOnlyList<string> Warnings => _filter?.Warnings ?? [];

    public IReadOnlyList<string> DriverNames => [.. _drivers.Keys.Order()];

    public IReadOnlyList<INetwork> Networks => _networks;

    public PortPublisher Publisher { get; }

    /// <summary>What a network has whose maker does not say: IPv6 if the daemon's networks have it, on links that can carry it.</summary>
    /// <param name="driver">macvlan and ipvlan networks are the admin's, with no IPv6 of ours.</param>
    public bool HasIPv6ByDefault(string driver, IReadOnlyDictionary<string, string> options)
    {
        const string Key = "com.docker.network.enable_ipv6";
        if (driver is not ("" or "default" or "bridge"))
        {
            return false;
        }

        bool wanted = _options.NetworkDefaults.GetValueOrDefault("bridge")?.GetValueOrDefault(Key) is { } said ? said is "true" or "1" : _options.IPv6;
        return wanted && HostIPv6.IsOn && BridgeSettings.CanCarryIPv6(options, _options);
    }

    /// <summary>The default bridge's own addresses.</summary>
    public IReadOnlyList<IPAddress> BridgeAddresses => [.. (TryFind(DefaultNetwork)?.Pools ?? []).Select(pool => pool.Gateway).OfType<IPAddress>()];

    /// <summary>Brings the networks up. Throws one clear error when the flags are wrong or the host cannot do what they ask.</summary>
    public static NetworkService Start(BridgeOptions options, IEventPublisher? events = null)
    {
        if (options.BridgeName != BridgeOptions.NoBridge)
        {
            BridgeSettings.OfDefault(options);
            BridgeAddressing.ParseBip(options.Bip);
            BridgeAddressingV6.ParseBip(options.BipV6);
            BridgeAddressingV6.ParseRange(options.FixedCidrV6);
        }

        if (options.IPv6 && !HostIPv6.IsOn)
        {
            throw EngineException.InvalidParameter("--ipv6: this host has no IPv6, or it is switched off (net.ipv6.conf.all.disable_ipv6)");
        }

        NetworkService service = new(options, events);
        try
        {
            service.OpenAll();
            return service;
        }
        catch
        {
            service.Dispose();
            throw;
        }
    }

    public async Task<ISandbox> AllocateAsync(SandboxRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Sandbox sandbox = new(request, this);
        await sandbox.AllocateAsync();
        return sandbox;
    }

    public IFdKeeper? Keeper => _options.Keeper;

    public async Task<ISandbox> RestoreAsync(SandboxRequest request, SandboxState state, int pid)
    {
        Sandbox sandbox = new(request, this);
        await sandbox.RestoreAsync(state, pid);
        return sandbox;
    }

    public async Task SweepAsync(CancellationToken cancellation)
    {
        lock (_filterGate)
        {
            _filter?.Settle();
            _watch ??= _filter is null ? null : new RulesetWatch(_filter);
        }

        foreach (INetwork network in _networks)
        {
            cancellation.ThrowIfCancellationRequested();
            await network.SweepAsync();
        }
    }

    /// <summary>See <see cref="BridgeOptions.BeforeStep"/>.</summary>
    public void Step(string name) => _options.BeforeStep?.Invoke(name);

    /// <summary>By name, id, or unambiguous start of an id; throws not found.</summary>
    public INetwork Find(string nameOrId) => TryFind(nameOrId) ?? throw EngineException.NotFound($"network {nameOrId} not found");

    public NetworkRecord? Lookup(string nameOrId) => TryFind(nameOrId)?.Record;

    /// <summary>For a clean stop, after the containers have been: releases what endpoints are left and removes the firewall tables; bridges stay, as Docker's do.</summary>
    /// <param name="removeBridge">The bridges go too.</param>
    public async Task ShutdownAsync(bool removeBridge = false)
    {
        await Task.WhenAll(_networks.OfType<AddressedNetwork>().SelectMany(network => network.Endpoints).Select(attached => ((Endpoint)attached.Endpoint).ReleaseAsync()));
        await Task.WhenAll(_networks.Select(network => network.SettleAsync()));
        foreach (INetwork network in _networks)
        {
            if (removeBridge)
            {
                network.Remove();
            }
        }

        _filter?.Remove();
    }

    /// <summary>Lets go of sockets and libraries; kernel objects stay (see <see cref="ShutdownAsync"/>).</summary>
    public void Dispose()
    {
        if (!_stopping)
        {
            // Who is making a network comes to an end first; who comes later is told.
            _stopping = true;
            _gate.Wait(s_patience);
        }

        _watch?.Dispose();
        _filter?.Dispose();
        _reaper.Dispose();
        _links.Dispose();
    }

    /// <summary>Waits for the turn to change which networks there are.</summary>
    private async Task EnterAsync()
    {
        ThrowIfStopping();
        await _gate.WaitAsync();
        if (_stopping)
        {
            _gate.Release();
            ThrowIfStopping();
        }
    }

    private void ThrowIfStopping()
    {
        if (_stopping)
        {
            throw new EngineException(ErrorKind.Unavailable, "the daemon is shutting down");
        }
    }

    private INetwork? TryFind(string nameOrId)
    {
        string name = nameOrId == DefaultNetworkAlias ? DefaultNetwork : nameOrId;
        ImmutableList<INetwork> networks = _networks;
        if (networks.Find(n => n.Record.Name == name) is { } exact)
        {
            return exact;
        }

        INetwork[] matches = [.. networks.Where(n => name.Length > 0 && n.Record.Id.StartsWith(name, StringComparison.Ordinal))];
        return matches.Length <= 1
            ? matches.FirstOrDefault()
            : throw EngineException.InvalidParameter($"network {nameOrId} is ambiguous ({matches.Length} matches found based on ID prefix)");
    }

    /// <summary>The default networks first; then those of users, of which one that cannot be had any more must not keep the daemon from starting.</summary>
    private void OpenAll()
    {
        if (_options.BridgeName != BridgeOptions.NoBridge)
        {
            OpenDefault(DefaultNetwork, "bridge");
        }

        OpenDefault("host", "host");
        OpenDefault("none", "null");
        _store.Save();
        foreach (NetworkRecord record in _store.UserDefined)
        {
            Restore(record);
        }

        _filter?.LookForForeignDrops();
    }

    private void OpenDefault(string name, string driver) => _networks = _networks.Add(_drivers[driver].Open(_store.GetOrAdd(name, driver)));

    private void Restore(NetworkRecord record)
    {
        try
        {
            INetworkDriver driver = _drivers[record.Driver];
            if (record.Incomplete)
            {
                driver.Discard(record);
                _store.Remove(record);
            }
            else
            {
                _networks = _networks.Add(driver.Open(record));
            }
        }
        catch (Exception failure)
        {
            s_log.Error(failure, "network {0}: it cannot be brought up; it stays as it is on disk", record.Name);
        }
    }

    /// <summary>The firewall, from the first bridge on; null when there is to be none.</summary>
    private PacketFilter? Filter()
    {
        lock (_filterGate)
        {
            if (_filter is null && _options.Firewall)
            {
                _filter = OpenFilter(_options);
                _watch = _options.Resume ? null : new RulesetWatch(_filter);
            }

            return _filter;
        }
    }

    /// <summary>Checks at once that the tables can be made: a kernel without nf_tables shows here, not at the first container.</summary>
    private static PacketFilter OpenFilter(BridgeOptions options)
    {
        PacketFilter filter = new(Nftables.Load(), new ConnectionTable(), options.FirewallTable, hairpin: !options.UserlandProxy);
        try
        {
            if (options.Resume)
            {
                filter.Postpone();
            }
            else
            {
                filter.Reset();
            }

            return filter;
        }
        catch (EngineException e)
        {
            filter.Dispose();
            throw EngineException.System($"{e.Message}: the kernel needs nf_tables with nat (modules nf_tables, nft_chain_nat, nft_masq, nft_fib_ipv4, nft_fib_ipv6), or start with --iptables=false", e);
        }
    }
}
