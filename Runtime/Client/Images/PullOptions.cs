using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of pull.</summary>
internal sealed partial class PullOptions
{
    [Option('a', "all-tags", HelpText = "Pull every tag of the repository")]
    public bool AllTags { get; set; }

    [Option("disable-content-trust", HelpText = "Accepted for compatibility: images are not signed here", Hidden = true, Default = true)]
    public bool? DisableContentTrust { get; set; } = true;

    [Option("platform", MetaValue = "string", HelpText = "Platform to pull")]
    public string? Platform { get; set; }

    [Option('q', "quiet", HelpText = "Print the image's name alone")]
    public bool Quiet { get; set; }
}
