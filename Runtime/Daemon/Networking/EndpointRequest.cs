using System.Net;

namespace Rtd.Daemon.Networking;

/// <summary>What a container asks of a network.</summary>
internal sealed record EndpointRequest
{
    public required string ContainerId { get; init; }

    /// <summary>Without the slash; for messages and for the network's list of containers. The short id stands in when it is empty.</summary>
    public string ContainerName { get; init; } = "";

    /// <summary>Name or id; "bridge" (or "default") is the default bridge.</summary>
    public required string Network { get; init; }

    /// <summary>Requested address, or null.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Requested MAC address, or null.</summary>
    public string? MacAddress { get; init; }

    /// <summary>Ports to publish; host port 0 asks for a free one.</summary>
    public IReadOnlyList<PortBinding> Ports { get; init; } = [];
}
