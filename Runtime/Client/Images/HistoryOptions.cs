using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of history.</summary>
internal sealed partial class HistoryOptions
{
    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option('H', "human", HelpText = "Sizes and dates for people", Default = true)]
    public bool? Human { get; set; } = true;

    [Option("no-trunc", HelpText = "Do not cut long texts")]
    public bool NoTruncate { get; set; }

    [Option("platform", MetaValue = "string", HelpText = "Platform of the image, where the daemon has several")]
    public string? Platform { get; set; }

    [Option('q', "quiet", HelpText = "Print IDs alone")]
    public bool Quiet { get; set; }
}
