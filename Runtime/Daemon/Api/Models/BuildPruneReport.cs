namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>POST /build/prune</c>.</summary>
internal sealed class BuildPruneReport
{
    public List<string> CachesDeleted { get; set; } = [];

    public long SpaceReclaimed { get; set; }
}
