namespace Rtd.Daemon.Cgroups;

/// <summary>A block device's weight, 10 … 1000.</summary>
internal sealed record BlkioWeight(uint Major, uint Minor, int Weight);
