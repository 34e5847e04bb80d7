using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Devices and their limits.</summary>
internal sealed partial class DeviceOptions
{
    [Option("blkio-weight", MetaValue = "uint16", HelpText = "Block I/O weight, 10 to 1000; 0 leaves the default")]
    public long? BlkioWeight { get; set; }

    [Option("blkio-weight-device", MetaValue = "list", HelpText = "Block I/O weight for one device (path:weight)")]
    public IEnumerable<string> BlkioWeightDevices { get; set; } = [];

    [Option("device", MetaValue = "list", HelpText = "Add a host device (path[:path-inside[:rwm]])")]
    public IEnumerable<string> Devices { get; set; } = [];

    [Option("device-cgroup-rule", MetaValue = "list", HelpText = "Add a rule to the allowed devices (\"c 10:200 rwm\")")]
    public IEnumerable<string> DeviceCgroupRules { get; set; } = [];

    [Option("device-read-bps", MetaValue = "list", HelpText = "Limit the read rate of a device in bytes per second (path:rate)")]
    public IEnumerable<string> DeviceReadBps { get; set; } = [];

    [Option("device-read-iops", MetaValue = "list", HelpText = "Limit the reads of a device per second (path:count)")]
    public IEnumerable<string> DeviceReadIops { get; set; } = [];

    [Option("device-write-bps", MetaValue = "list", HelpText = "Limit the write rate of a device in bytes per second (path:rate)")]
    public IEnumerable<string> DeviceWriteBps { get; set; } = [];

    [Option("device-write-iops", MetaValue = "list", HelpText = "Limit the writes of a device per second (path:count)")]
    public IEnumerable<string> DeviceWriteIops { get; set; } = [];

    [Option("gpus", MetaValue = "gpu-request", HelpText = "GPU devices to add (\"all\" for every one)")]
    public string? Gpus { get; set; }
}
