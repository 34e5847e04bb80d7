using CommandLine;

namespace Rtd.Client.Volumes;

/// <summary>Options of volume create.</summary>
internal sealed partial class VolumeCreateOptions
{
    [Option('d', "driver", MetaValue = "string", HelpText = "Driver of the volume", Default = "local")]
    public string? Driver { get; set; } = "local";

    [Option("label", MetaValue = "list", HelpText = "Set metadata (key=value)")]
    public IEnumerable<string> Labels { get; set; } = [];

    [Option("name", MetaValue = "string", HelpText = "Name of the volume", Hidden = true)]
    public string? Name { get; set; }

    [Option('o', "opt", MetaValue = "map", HelpText = "Options of the driver (key=value)")]
    public IEnumerable<string> Options { get; set; } = [];
}
