namespace Rtd.Daemon.Api.Models;

/// <summary>The list of volumes.</summary>
internal sealed class VolumeList
{
    public List<VolumeSummary> Volumes { get; set; } = [];

    public List<string>? Warnings { get; set; }
}
