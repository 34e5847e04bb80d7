namespace Rtd.Daemon.Api.Models;

/// <summary>A volume's use, for <c>/system/df</c>.</summary>
internal sealed class VolumeUsage
{
    /// <summary>Bytes.</summary>
    public long Size { get; set; }

    public long RefCount { get; set; }
}
