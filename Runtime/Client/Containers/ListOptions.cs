using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of ps.</summary>
internal sealed partial class ListOptions
{
    [Option('a', "all", HelpText = "Show all containers, not only running ones")]
    public bool All { get; set; }

    [Option('f', "filter", MetaValue = "filter", HelpText = "Show only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option('n', "last", MetaValue = "int", HelpText = "Show the last so many created, in any state")]
    public long? Last { get; set; }

    [Option('l', "latest", HelpText = "Show the last created, in any state")]
    public bool Latest { get; set; }

    [Option("no-trunc", HelpText = "Do not cut long texts")]
    public bool NoTruncate { get; set; }

    [Option('q', "quiet", HelpText = "Print IDs alone")]
    public bool Quiet { get; set; }

    [Option('s', "size", HelpText = "Show sizes")]
    public bool Size { get; set; }
}
