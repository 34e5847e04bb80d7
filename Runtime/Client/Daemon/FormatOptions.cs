using CommandLine;

namespace Rtd.Client.Daemon;

/// <summary>For verbs with a template alone.</summary>
internal sealed partial class FormatOptions
{
    [Option('f', "format", MetaValue = "string", HelpText = "Print by a template: \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }
}
