using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of export.</summary>
internal sealed partial class ExportOptions
{
    [Option('o', "output", MetaValue = "string", HelpText = "Write to this file instead of standard output")]
    public string? Output { get; set; }
}
