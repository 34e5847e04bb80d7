using System.Net;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Containers.Linking;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Networking;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>From a container's settings to what its networks are asked.</summary>
internal static class EndpointRequests
{
    /// <summary>One for each of its networks: the one of its network mode first, so that it is eth0, then by name.</summary>
    /// <param name="links">Containers that it is linked to, on the default bridge.</param>
    public static IReadOnlyList<EndpointRequest> All(ContainerRecord record, IReadOnlyList<LinkedContainer> links)
    {
        string primary = NetworkMode.Parse(record.HostConfig.NetworkMode).Name;
        return
        [
            .. record.Endpoints.OrderBy(pair => pair.Key != primary).ThenBy(pair => pair.Key, StringComparer.Ordinal)
                .Select(pair => Of(record, pair.Key, pair.Value) with { Permits = pair.Key == NetworkMode.Bridge ? [.. links.Select(PermitOf)] : [] }),
        ];
    }

    public static EndpointRequest Of(ContainerRecord record, string network, EndpointSettings settings)
    {
        bool isPrimary = network == NetworkMode.Parse(record.HostConfig.NetworkMode).Name;
        string? mac = !string.IsNullOrEmpty(settings.MacAddress) ? settings.MacAddress : isPrimary ? record.Config.MacAddress : null;
        List<string> links = [.. settings.Links ?? [], .. isPrimary ? record.HostConfig.Links ?? [] : []];
        return new EndpointRequest
        {
            ContainerId = record.Id,
            ContainerName = record.Name,
            Network = network,
            Address = Parse(settings.IPAMConfig?.IPv4Address),
            AddressV6 = Parse(settings.IPAMConfig?.IPv6Address),
            MacAddress = string.IsNullOrEmpty(mac) ? null : mac,
            Aliases = [.. settings.Aliases ?? [], .. record.Config.Hostname.Length > 0 ? [record.Config.Hostname] : Array.Empty<string>()],
            Links = links.Select(LinkSpecs.Parse).DistinctBy(link => link.Alias).ToDictionary(link => link.Alias, link => link.Target),
            GatewayPriority = settings.GwPriority,
            Interface = InterfaceOptions.Parse(settings.DriverOpts),
        };
    }

    private static LinkPermit PermitOf(LinkedContainer link) => new(link.Target.Id, LinkEnvironment.PortsOf(link.Target));

    private static IPAddress? Parse(string? text) => string.IsNullOrEmpty(text) ? null : IPAddress.Parse(text);
}
