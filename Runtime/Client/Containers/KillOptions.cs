using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of kill.</summary>
internal sealed partial class KillOptions
{
    [Option('s', "signal", MetaValue = "string", HelpText = "Signal to send")]
    public string? Signal { get; set; }
}
