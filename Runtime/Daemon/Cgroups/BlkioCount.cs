namespace Rtd.Daemon.Cgroups;

/// <summary>A counter of a block device.</summary>
/// <param name="Operation">read, write … on v2; Read, Write, Sync, Async, Discard, Total on v1.</param>
internal readonly record struct BlkioCount(ulong Major, ulong Minor, string Operation, ulong Value);
