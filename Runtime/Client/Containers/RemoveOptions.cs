using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of rm.</summary>
internal sealed partial class RemoveOptions
{
    [Option('f', "force", HelpText = "Kill it first if it runs")]
    public bool Force { get; set; }

    [Option('l', "link", HelpText = "Remove the link, not the container")]
    public bool Link { get; set; }

    [Option('v', "volumes", HelpText = "Remove its anonymous volumes too")]
    public bool Volumes { get; set; }
}
