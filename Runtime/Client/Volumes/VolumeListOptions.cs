using CommandLine;

namespace Rtd.Client.Volumes;

/// <summary>Options of volume ls.</summary>
internal sealed partial class VolumeListOptions
{
    [Option('f', "filter", MetaValue = "filter", HelpText = "Show only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option('q', "quiet", HelpText = "Print names alone")]
    public bool Quiet { get; set; }
}
