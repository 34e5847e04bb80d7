namespace Rtd.Daemon.Api.Models;

/// <summary>A rate limit for a block device: bytes or operations per second.</summary>
internal sealed class ThrottleDevice
{
    public string Path { get; set; } = "";

    public ulong Rate { get; set; }
}
