namespace Rtd.Daemon.Networking;

/// <summary>What a container asks of its networks for a start.</summary>
internal sealed record SandboxRequest
{
    public required string ContainerId { get; init; }

    /// <summary>None of a container that has been disconnected from all.</summary>
    public required IReadOnlyList<EndpointRequest> Endpoints { get; init; }

    /// <summary>Ports to publish; host port 0 asks for a free one.</summary>
    public IReadOnlyList<PortRequest> Ports { get; init; } = [];

    /// <summary>Where names go that no network knows.</summary>
    public IReadOnlyList<NameServer> NameServers { get; init; } = [];

    /// <summary>The container's file says ndots itself: single words are then never sent to a name server.</summary>
    public bool NdotsSet { get; init; }
}
