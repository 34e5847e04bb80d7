using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of rmi.</summary>
internal sealed partial class ImageRemoveOptions
{
    [Option('f', "force", HelpText = "Remove it though it has several names or stopped containers")]
    public bool Force { get; set; }

    [Option("no-prune", HelpText = "Keep untagged parents")]
    public bool NoPrune { get; set; }
}
