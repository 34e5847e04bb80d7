using CommandLine;

namespace Rtd.Client.Registries;

/// <summary>Options of search.</summary>
internal sealed partial class SearchOptions
{
    [Option('f', "filter", MetaValue = "filter", HelpText = "Show only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option("limit", MetaValue = "int", HelpText = "Show at most so many")]
    public long? Limit { get; set; }

    [Option("no-trunc", HelpText = "Do not cut long texts")]
    public bool NoTruncate { get; set; }
}
