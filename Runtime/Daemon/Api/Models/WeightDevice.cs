namespace Rtd.Daemon.Api.Models;

/// <summary>A block device's relative weight.</summary>
internal sealed class WeightDevice
{
    public string Path { get; set; } = "";

    public int Weight { get; set; }
}
