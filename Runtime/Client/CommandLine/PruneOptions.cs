using CommandLine;

namespace Rtd.Client.CommandLine;

/// <summary>Options of the prune verbs.</summary>
internal sealed partial class PruneOptions
{
    [Option('a', "all", HelpText = "Remove more: all unused images, or named volumes too")]
    public bool All { get; set; }

    [Option("filter", MetaValue = "filter", HelpText = "Remove only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option('f', "force", HelpText = "Do not ask")]
    public bool Force { get; set; }

    [Option("volumes", HelpText = "Remove anonymous volumes too (system prune)")]
    public bool Volumes { get; set; }
}
