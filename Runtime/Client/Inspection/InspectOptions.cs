using CommandLine;

namespace Rtd.Client.Inspection;

/// <summary>Options of inspect.</summary>
internal sealed partial class InspectOptions
{
    [Option('f', "format", MetaValue = "string", HelpText = "Print by a template: \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option('s', "size", HelpText = "Show total file sizes of containers")]
    public bool Size { get; set; }

    [Option("type", MetaValue = "string", HelpText = "Look only among objects of this type")]
    public string? Type { get; set; }
}
