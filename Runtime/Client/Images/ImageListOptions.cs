using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of images.</summary>
internal sealed partial class ImageListOptions
{
    [Option('a', "all", HelpText = "Show intermediate images too")]
    public bool All { get; set; }

    [Option("digests", HelpText = "Show digests")]
    public bool Digests { get; set; }

    [Option('f', "filter", MetaValue = "filter", HelpText = "Show only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"table\", \"table TEMPLATE\", \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option("no-trunc", HelpText = "Do not cut long texts")]
    public bool NoTruncate { get; set; }

    [Option('q', "quiet", HelpText = "Print IDs alone")]
    public bool Quiet { get; set; }

    [Option("tree", HelpText = "Show which layers images share, and what each name alone would free")]
    public bool Tree { get; set; }
}
