using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Mounts and storage beyond -v and --mount.</summary>
internal sealed partial class StorageOptions
{
    [Option("storage-opt", MetaValue = "list", HelpText = "Options of the storage driver (key=value): size, the most that the container may write")]
    public IEnumerable<string> DriverOptions { get; set; } = [];

    [Option("tmpfs", MetaValue = "list", HelpText = "Mount a tmpfs (path[:options])")]
    public IEnumerable<string> Tmpfs { get; set; } = [];

    [Option("volume-driver", MetaValue = "string", HelpText = "Driver of the volumes it makes")]
    public string? VolumeDriver { get; set; }

    [Option("volumes-from", MetaValue = "list", HelpText = "Mount the volumes of another container")]
    public IEnumerable<string> VolumesFrom { get; set; } = [];
}
