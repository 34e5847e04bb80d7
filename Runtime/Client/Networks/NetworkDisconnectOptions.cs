using CommandLine;

namespace Rtd.Client.Networks;

/// <summary>Options of network disconnect.</summary>
internal sealed partial class NetworkDisconnectOptions
{
    [Option('f', "force", HelpText = "Disconnect it though it does not answer")]
    public bool Force { get; set; }
}
