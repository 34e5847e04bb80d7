namespace Rtd.Daemon.Cgroups;

/// <summary>A block device's rate limit.</summary>
/// <param name="Kind">read_bps, write_bps, read_iops or write_iops.</param>
internal sealed record BlkioThrottle(string Kind, uint Major, uint Minor, ulong Rate);
