namespace Rtd.Daemon.Api.Models;

/// <summary>What the container list shows of a container's networks.</summary>
internal sealed class ContainerSummaryNetworks
{
    public Dictionary<string, EndpointSettings> Networks { get; set; } = [];
}
