using CommandLine;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of stop and restart.</summary>
internal sealed partial class StopOptions
{
    [Option('s', "signal", MetaValue = "string", HelpText = "Signal to send")]
    public string? Signal { get; set; }

    [Option('t', "timeout", MetaValue = "int", HelpText = "Seconds to wait before it is killed")]
    [FlagAlias("time")]
    public long? Timeout { get; set; }
}
