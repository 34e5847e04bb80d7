using CommandLine;

namespace Rtd.Client.Daemon;

/// <summary>Options of system df.</summary>
internal sealed partial class DiskUsageOptions
{
    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option('v', "verbose", HelpText = "Show each image, container and volume")]
    public bool Verbose { get; set; }
}
