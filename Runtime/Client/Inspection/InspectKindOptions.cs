using CommandLine;

namespace Rtd.Client.Inspection;

/// <summary>Options of a group's inspect.</summary>
internal sealed partial class InspectKindOptions
{
    [Option('f', "format", MetaValue = "string", HelpText = "Print by a template: \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option('s', "size", HelpText = "Show total file sizes of containers")]
    public bool Size { get; set; }

    [Option('v', "verbose", HelpText = "Show more for diagnostics")]
    public bool Verbose { get; set; }

    [Option("platform", MetaValue = "string", HelpText = "Platform of the image, where the daemon has several")]
    public string? Platform { get; set; }
}
