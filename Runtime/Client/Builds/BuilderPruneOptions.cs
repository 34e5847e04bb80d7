using CommandLine;

namespace Rtd.Client.Builds;

/// <summary>Options of builder prune.</summary>
internal sealed partial class BuilderPruneOptions
{
    [Option('a', "all", HelpText = "Remove all unused cache, not only what nothing refers to")]
    public bool All { get; set; }

    [Option("filter", MetaValue = "filter", HelpText = "Remove only what matches (until=24h)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option('f', "force", HelpText = "Do not ask")]
    public bool Force { get; set; }

    [Option("keep-storage", MetaValue = "bytes", HelpText = "Space to keep for the cache")]
    public long? KeepStorage { get; set; }
}
