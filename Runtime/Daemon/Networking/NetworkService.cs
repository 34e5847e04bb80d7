using NLog;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Bridge;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Daemon.Networking.Host;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Null;
using Rtd.Daemon.Networking.Publishing;

namespace Rtd.Daemon.Networking;

/// <summary>The networks of the daemon.</summary>
internal sealed class NetworkService : INetworkService, IDisposable
{
    private const string DefaultNetwork = "bridge", DefaultNetworkAlias = "default";

    private static readonly Logger s_log = LogManager.GetLogger("network");

    private readonly LinkTable _links;
    private readonly LinkReaper _reaper;
    private readonly PacketFilter? _filter;
    private readonly IReadOnlyList<INetwork> _networks;

    private NetworkService(LinkTable links, LinkReaper reaper, PacketFilter? filter, IReadOnlyList<INetwork> networks, IReadOnlyList<string> warnings)
    {
        _links = links;
        _reaper = reaper;
        _filter = filter;
        _networks = networks;
        Warnings = warnings;
    }

    /// <summary>Lines for <c>info</c>: what outside of us stands in the containers' way.</summary>
    public IReadOnlyList<string> Warnings { get; }

    public IReadOnlyList<INetwork> Networks => _networks;

    /// <summary>Brings the networks up. Throws one clear error when the flags are wrong or the host cannot do what they ask.</summary>
    public static NetworkService Start(BridgeOptions options)
    {
        bool hasBridge = options.BridgeName != BridgeOptions.NoBridge;
        if (hasBridge)
        {
            BridgeDriver.Validate(options);
        }

        LinkTable links = new();
        LinkReaper reaper = new();
        PacketFilter? filter = null;
        try
        {
            NetworkStore store = new(Path.Combine(options.DataDirectory, "network"));
            if (hasBridge && options.Firewall)
            {
                filter = OpenFilter(options.FirewallTable);
            }

            PortPublisher publisher = new(new HostPorts(), filter);
            List<INetwork> networks = [];
            if (hasBridge)
            {
                networks.Add(Open(store, DefaultNetwork, new BridgeDriver(options, links, reaper, filter, publisher)));
            }

            networks.Add(Open(store, "host", new HostDriver()));
            networks.Add(Open(store, "none", new NullDriver()));
            store.Save();
            return new NetworkService(links, reaper, filter, networks, FindWarnings(filter));
        }
        catch
        {
            filter?.Dispose();
            reaper.Dispose();
            links.Dispose();
            throw;
        }
    }

    public Task<IEndpoint> AllocateAsync(EndpointRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(Find(request.Network).Allocate(request));
    }

    public async Task SweepAsync(CancellationToken cancellation)
    {
        foreach (INetwork network in _networks)
        {
            cancellation.ThrowIfCancellationRequested();
            await network.SweepAsync();
        }

        _filter?.Reset();
    }

    /// <summary>By name, id, or unambiguous start of an id; throws not found.</summary>
    public INetwork Find(string nameOrId)
    {
        string name = nameOrId == DefaultNetworkAlias ? DefaultNetwork : nameOrId;
        INetwork? exact = _networks.FirstOrDefault(n => n.Record.Name == name) ?? _networks.FirstOrDefault(n => n.Record.Id == name);
        if (exact is not null)
        {
            return exact;
        }

        INetwork[] matches = [.. _networks.Where(n => name.Length > 0 && n.Record.Id.StartsWith(name, StringComparison.Ordinal))];
        return matches.Length switch
        {
            1 => matches[0],
            0 => throw EngineException.NotFound($"network {nameOrId} not found"),
            _ => throw EngineException.InvalidParameter($"network {nameOrId} is ambiguous ({matches.Length} matches found based on ID prefix)"),
        };
    }

    /// <summary>For a clean stop, after the containers have been: releases what endpoints are left and removes the firewall table; the bridge stays, as Docker's does.</summary>
    /// <param name="removeBridge">The bridge goes too.</param>
    public async Task ShutdownAsync(bool removeBridge = false)
    {
        await Task.WhenAll(_networks.SelectMany(network => network.Endpoints).Select(attached => attached.Endpoint.ReleaseAsync()));
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
        _filter?.Dispose();
        _reaper.Dispose();
        _links.Dispose();
    }

    private static INetwork Open(NetworkStore store, string name, INetworkDriver driver) => driver.Open(store.GetOrAdd(name, driver.Type));

    /// <summary>Checks at once that the table can be made: a kernel without nf_tables shows here, not at the first container.</summary>
    private static PacketFilter OpenFilter(string table)
    {
        PacketFilter filter = new(Nftables.Load(), new ConnectionTable(), table);
        try
        {
            filter.Reset();
            return filter;
        }
        catch (EngineException e)
        {
            filter.Dispose();
            throw EngineException.System($"{e.Message}: the kernel needs nf_tables with nat (modules nf_tables, nft_chain_nat, nft_masq, nft_fib_ipv4), or start with --iptables=false", e);
        }
    }

    private static string[] FindWarnings(PacketFilter? filter)
    {
        string[] warnings = filter is null
            ? []
            : [.. filter.ForeignForwardDrops().Select(chain =>
                $"WARNING: {chain} drops forwarded packets by policy: containers reach other hosts, and other hosts their ports, only where its rules say so")];
        foreach (string warning in warnings)
        {
            s_log.Warn(warning);
        }

        return warnings;
    }
}
