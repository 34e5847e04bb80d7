namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>GET /system/df</c>; null for what was not asked for.</summary>
internal sealed class DiskUsage
{
    /// <summary>Bytes of all layers, each once.</summary>
    public long LayersSize { get; set; }

    public List<ImageSummary>? Images { get; set; }

    public List<ContainerSummary>? Containers { get; set; }

    public List<VolumeSummary>? Volumes { get; set; }

    public List<BuildCacheRecord>? BuildCache { get; set; }
}
