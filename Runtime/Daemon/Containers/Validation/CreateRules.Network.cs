using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Validation;

internal sealed partial class CreateRules
{
    /// <summary>What <c>--add-host</c> takes for the bridge's gateway.</summary>
    public const string HostGateway = "host-gateway";

    public const string HostNetworkAndLinks = "conflicting options: host type networking can't be used with links. This would result in undefined behavior";

    /// <summary>The endpoint settings a create gives, under the networks' own names; for none, host and container:ID there are none.</summary>
    /// <param name="nameOf">A network's name by name or id; what it does not know stays as it is, and is an error of the start, as with Docker.</param>
    public static Dictionary<string, EndpointSettings> Endpoints(HostConfig host, NetworkingConfig networking, Func<string, string> nameOf)
    {
        NetworkMode mode = NetworkMode.Parse(host.NetworkMode);
        Dictionary<string, EndpointSettings> endpoints = [];
        foreach ((string name, EndpointSettings? settings) in networking.EndpointsConfig ?? [])
        {
            endpoints[name == "default" ? NetworkMode.Bridge : nameOf(name)] = settings ?? new EndpointSettings();
        }

        if (mode.Kind != NetworkModeKind.Network)
        {
            Refuse(
                endpoints.Keys.Any(name => name != mode.Name),
                "conflicting options: cannot attach both user-defined and non-user-defined network-modes");
            return [];
        }

        endpoints.TryAdd(nameOf(mode.Name), new EndpointSettings());
        foreach ((string name, EndpointSettings settings) in endpoints)
        {
            CheckEndpoint(name, settings);
        }

        return endpoints;
    }

    /// <summary>What a create or a connect asks of one network, as far as the network need not be known for it.</summary>
    public static void CheckEndpoint(string network, EndpointSettings settings)
    {
        string address = settings.IPAMConfig?.IPv4Address ?? "", addressV6 = settings.IPAMConfig?.IPv6Address ?? "";
        Refuse(address.Length > 0 && !IsAddress(address, AddressFamily.InterNetwork), $"invalid endpoint settings:\ninvalid IPv4 address: {address}");
        Refuse(addressV6.Length > 0 && !IsAddress(addressV6, AddressFamily.InterNetworkV6), $"invalid endpoint settings:\ninvalid IPv6 address: {addressV6}");
        Refuse(settings.MacAddress.Length > 0 && !IsMacAddress(settings.MacAddress), $"invalid MAC address: {settings.MacAddress}");
        foreach (string alias in settings.Aliases ?? [])
        {
            Refuse(alias.Length == 0 || alias.AsSpan().IndexOfAny(" \t\r\n\0") >= 0, $"invalid network-scoped alias: \"{alias}\"");
        }

        foreach (string link in settings.Links ?? [])
        {
            LinkSpecs.Parse(link);
        }

        InterfaceOptions.Parse(settings.DriverOpts);
        if (network == NetworkMode.Bridge)
        {
            Refuse(address.Length > 0 || addressV6.Length > 0, "user specified IP address is supported on user defined networks only");
            Refuse(settings.Aliases is { Count: > 0 }, "network-scoped alias is supported only for containers in user defined networks");
            Refuse(settings.Links is { Count: > 0 }, "links are only supported for user-defined networks");
        }
    }

    private static void CheckNetwork(HostConfig host, ContainerConfig config, List<string> warnings)
    {
        NetworkMode mode = NetworkMode.Parse(host.NetworkMode);
        PortSpecs.Bindings(host, config);
        CheckNames(host);
        bool links = host.Links is { Count: > 0 };
        Refuse(links && mode.Kind == NetworkModeKind.Host, HostNetworkAndLinks);
        Refuse(links && mode.Kind == NetworkModeKind.Container, "conflicting options: container type network can't be used with links. This would result in undefined behavior");
        foreach (string link in host.Links ?? [])
        {
            LinkSpecs.Parse(link);
        }

        Refuse(!string.IsNullOrEmpty(config.MacAddress) && !IsMacAddress(config.MacAddress), $"invalid MAC address: {config.MacAddress}");
        bool publishes = host.PortBindings is { Count: > 0 } || host.PublishAllPorts;
        if (mode.Kind == NetworkModeKind.Container)
        {
            CheckSharedNetwork(host, config, publishes);
        }
        else if (mode.Kind == NetworkModeKind.Host && publishes)
        {
            warnings.Add("Published ports are discarded when using host network mode");
        }

        host.NetworkMode = mode.Kind == NetworkModeKind.Container ? host.NetworkMode : mode.Name;
    }

    /// <summary>Who joins another container's network has its names and addresses, and can ask for none.</summary>
    private static void CheckSharedNetwork(HostConfig host, ContainerConfig config, bool publishes)
    {
        Refuse(config.Hostname.Length > 0, "conflicting options: hostname and the network mode");
        Refuse(host.Dns is { Count: > 0 }, "conflicting options: dns and the network mode");
        Refuse(host.ExtraHosts is { Count: > 0 }, "conflicting options: custom host-to-IP mapping and the network mode");
        Refuse(!string.IsNullOrEmpty(config.MacAddress), "conflicting options: mac-address and the network mode");
        Refuse(publishes, "conflicting options: port publishing and the container type network mode");
    }

    private static void CheckNames(HostConfig host)
    {
        foreach (string server in host.Dns ?? [])
        {
            Refuse(!IPAddress.TryParse(server, out _), $"invalid IP address: {server}");
        }

        foreach (string word in (host.DnsSearch ?? []).Concat(host.DnsOptions ?? []))
        {
            Refuse(word.Length == 0 || word.AsSpan().IndexOfAny(" \t\r\n\0") >= 0, $"invalid DNS search domain or option: {word}");
        }

        foreach (string entry in host.ExtraHosts ?? [])
        {
            (string name, string address) = SplitExtraHost(entry);
            bool valid = name.Length > 0 && name.AsSpan().IndexOfAny(" \t\r\n\0") < 0 && (address == HostGateway || IPAddress.TryParse(address, out _));
            Refuse(!valid, $"invalid extra host: \"{entry}\"");
        }
    }

    /// <summary><c>name:address</c> or <c>name=address</c>; the address may hold colons and stand in brackets.</summary>
    public static (string Name, string Address) SplitExtraHost(string entry)
    {
        int separator = entry.AsSpan().IndexOfAny("=:");
        return separator < 0 ? ("", "") : (entry[..separator], entry[(separator + 1)..].Trim('[', ']'));
    }

    private static bool IsAddress(string text, AddressFamily family) => IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == family;

    private static bool IsMacAddress(string text) =>
        PhysicalAddress.TryParse(text.Replace(':', '-').ToUpperInvariant(), out PhysicalAddress? address) && address.GetAddressBytes().Length == 6;
}
