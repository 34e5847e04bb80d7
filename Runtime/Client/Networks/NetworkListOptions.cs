using CommandLine;

namespace Rtd.Client.Networks;

/// <summary>Options of network ls.</summary>
internal sealed partial class NetworkListOptions
{
    [Option('f', "filter", MetaValue = "filter", HelpText = "Show only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option("no-trunc", HelpText = "Do not cut long texts")]
    public bool NoTruncate { get; set; }

    [Option('q', "quiet", HelpText = "Print IDs alone")]
    public bool Quiet { get; set; }
}
