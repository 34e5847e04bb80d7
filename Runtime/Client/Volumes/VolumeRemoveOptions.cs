using CommandLine;

namespace Rtd.Client.Volumes;

/// <summary>Options of volume rm.</summary>
internal sealed partial class VolumeRemoveOptions
{
    [Option('f', "force", HelpText = "Remove it though its driver fails to")]
    public bool Force { get; set; }
}
