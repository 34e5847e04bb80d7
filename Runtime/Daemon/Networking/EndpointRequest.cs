using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>What a container asks of one network.</summary>
internal sealed record EndpointRequest
{
    public required string ContainerId { get; init; }

    /// <summary>Without the slash; for messages and for the network's list of containers. The short id stands in when it is empty.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>Name or id; "bridge" (or "default") is the default bridge.</summary>
    public required string Network { get; init; }

    /// <summary>Requested IPv4 address, or null.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Requested IPv6 address, or null.</summary>
    public IPAddress? AddressV6 { get; init; }

    /// <summary>Requested MAC address, or null.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Names on this network beside the container's own name and short id.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What this container calls others on this network: alias and name of the other.</summary>
    public IReadOnlyDictionary<string, string> Links { get; init; } = new Dictionary<string, string>();

    /// <summary>Ports of other containers that this one may reach where containers do not reach each other.</summary>
    public IReadOnlyList<LinkPermit> Permits { get; init; } = [];

    public InterfaceOptions Interface { get; init; } = InterfaceOptions.None;

    /// <summary>Among several networks that of the highest number gives the default route.</summary>
    public long GatewayPriority { get; init; }

    /// <summary>The name that stands for the container wherever it is spoken of.</summary>
    public string DisplayName => ContainerName.Length > 0 ? ContainerName : ContainerId[..Math.Min(12, ContainerId.Length)];
}
