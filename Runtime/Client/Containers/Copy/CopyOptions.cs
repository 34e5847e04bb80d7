using CommandLine;

namespace Rtd.Client.Containers.Copy;

/// <summary>Options of cp.</summary>
internal sealed partial class CopyOptions
{
    [Option('a', "archive", HelpText = "Give what is copied into a container to the user that its id names there")]
    public bool Archive { get; set; }

    [Option('L', "follow-link", HelpText = "Copy what a link at the source leads to, not the link")]
    public bool FollowLink { get; set; }

    [Option('q', "quiet", HelpText = "Do not tell how much was copied")]
    public bool Quiet { get; set; }
}
