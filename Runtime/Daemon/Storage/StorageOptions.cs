namespace Rtd.Daemon.Storage;

/// <summary>What the daemon's flags say about storage.</summary>
/// <param name="DataRoot">Absolute path, <c>/var/lib/rtd</c> by default; made when it is not there.</param>
/// <param name="Driver">"overlay2", "btrfs", "vfs", or null: what the data root was made with, else the first of these that works there.</param>
/// <param name="DriverOptions"><c>--storage-opt</c> values.</param>
internal sealed record StorageOptions(string DataRoot, string? Driver = null, IReadOnlyList<string>? DriverOptions = null);
