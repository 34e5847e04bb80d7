namespace Rtd.Daemon.Api.Models;

/// <summary>What a prune of containers removed.</summary>
internal sealed class ContainerPruneResult
{
    public List<string> ContainersDeleted { get; set; } = [];

    /// <summary>Bytes.</summary>
    public long SpaceReclaimed { get; set; }
}
