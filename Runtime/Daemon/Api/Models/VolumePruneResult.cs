namespace Rtd.Daemon.Api.Models;

/// <summary>What a prune of volumes removed.</summary>
internal sealed class VolumePruneResult
{
    public List<string> VolumesDeleted { get; set; } = [];

    /// <summary>Bytes.</summary>
    public long SpaceReclaimed { get; set; }
}
