using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of push.</summary>
internal sealed partial class PushOptions
{
    [Option('a', "all-tags", HelpText = "Push every tag of the repository")]
    public bool AllTags { get; set; }

    [Option("disable-content-trust", HelpText = "Accepted for compatibility: images are not signed here", Hidden = true, Default = true)]
    public bool? DisableContentTrust { get; set; } = true;

    [Option("platform", MetaValue = "string", HelpText = "Platform to push")]
    public string? Platform { get; set; }

    [Option('q', "quiet", HelpText = "Do not show the progress")]
    public bool Quiet { get; set; }
}
