using CommandLine;

namespace Rtd.Client.Networks;

/// <summary>Options of network rm.</summary>
internal sealed partial class NetworkRemoveOptions
{
    [Option('f', "force", HelpText = "No error if there is no such network")]
    public bool Force { get; set; }
}
