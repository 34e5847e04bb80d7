using System.Globalization;
using System.Net;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking.Endpoints;
using Rtd.Daemon.Networking.Firewall;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Networking.Namespaces;
using Rtd.Protocol.Syscalls;

namespace Rtd.Daemon.Networking.Bridge;

/// <summary>A bridge that is up.</summary>
internal sealed class BridgeNetwork(
    NetworkRecord record, BridgeSettings settings, IReadOnlyList<NetworkPool> pools, int bridgeIndex, LinkTable links, LinkReaper reaper, PacketFilter? filter)
    : AddressedNetwork(record, pools)
{
    // Links between containers are of the default bridge.
    private readonly BridgePermits? _permits = filter is not null && !record.UserDefined && !settings.Icc ? new BridgePermits(filter, settings.LinkName) : null;

    /// <summary>BR_MAX_PORTS in the kernel's br_private.h, less port 0, which there is not.</summary>
    private const int MaxPorts = 1023;

    public BridgeSettings Settings => settings;

    public override string InterfacePrefix => settings.InterfacePrefix;

    public override IReadOnlyList<IPAddress> PublishAddresses => IsGateway ? settings.PublishAddresses : [];

    public override IReadOnlyDictionary<string, string> Options { get; } = record.UserDefined ? record.Options : DescribeDefault(settings);

    public override void PlugIn(Endpoint endpoint, NetworkNamespace target)
    {
        _permits?.Add(endpoint);
        try
        {
            VethPair.Create(
                links, endpoint.EndpointId, bridgeIndex, target.Handle, endpoint.InterfaceName, endpoint.Mac, settings.Mtu, isolated: !settings.Icc, settings.Hairpin);
        }
        catch (SyscallException failure) when (failure.Errno == Libc.EXFULL)
        {
            _permits?.Remove(endpoint);
            throw EngineException.System(
                $"network {Record.Name} is full: the kernel gives bridge {settings.LinkName} no more than {MaxPorts} ports (containers, and other links in it). Put the container on another network", failure);
        }
        catch
        {
            _permits?.Remove(endpoint);
            throw;
        }
    }

    public override void Resume(Endpoint endpoint, NetworkNamespace target) => _permits?.Add(endpoint);

    public override Task UnplugAsync(Endpoint endpoint)
    {
        _permits?.Remove(endpoint);
        return reaper.DeleteAsync(VethPair.NameOf(endpoint.EndpointId));
    }

    public override async Task SweepAsync()
    {
        HashSet<string> current = [.. Current.Select(endpoint => VethPair.NameOf(endpoint.EndpointId))];
        await Task.WhenAll(links.Ports(bridgeIndex)
            .Where(link => link.Kind == "veth" && link.Alias.StartsWith(VethPair.AliasPrefix, StringComparison.Ordinal))
            .Where(link => !current.Contains(link.Name))
            .Select(link => reaper.DeleteAsync(link.Name)));
    }

    /// <summary>A bridge that the user made stays; so does its address.</summary>
    public override void Remove()
    {
        FirewallNetwork? known = filter?.RemoveNetwork(settings.LinkName);
        try
        {
            bool ours = Record.UserDefined ? links.Find(settings.LinkName)?.Alias == BridgeLink.AliasOf(Record.Id) : settings.LinkName == BridgeOptions.DefaultBridgeName;
            if (ours)
            {
                BridgeLink.Delete(links, settings.LinkName);
            }
        }
        catch when (known is not null)
        {
            filter!.AddNetwork(known);
            throw;
        }
    }

    private static Dictionary<string, string> DescribeDefault(BridgeSettings settings) => new()
    {
        [BridgeSettings.DefaultKey] = "true",
        [BridgeSettings.IccKey] = settings.Icc ? "true" : "false",
        [BridgeSettings.MasqueradeKey] = settings.Masquerade ? "true" : "false",
        [BridgeSettings.BindKey] = settings.PublishAddresses[0].ToString(),
        [BridgeSettings.NameKey] = settings.LinkName,
        [BridgeSettings.MtuKey] = settings.Mtu.ToString(CultureInfo.InvariantCulture),
    };
}
