using CommandLine;

namespace Rtd.Client.Containers.Statistics;

/// <summary>Options of stats.</summary>
internal sealed partial class StatisticsOptions
{
    [Option('a', "all", HelpText = "Show all containers, not only running ones")]
    public bool All { get; set; }

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option("no-stream", HelpText = "Show one sample and end")]
    public bool NoStream { get; set; }

    [Option("no-trunc", HelpText = "Do not cut long texts")]
    public bool NoTruncate { get; set; }
}
