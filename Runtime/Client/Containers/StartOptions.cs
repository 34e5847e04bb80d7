using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of start.</summary>
internal sealed partial class StartOptions
{
    [Option('a', "attach", HelpText = "Attach standard output and error, and forward signals")]
    public bool Attach { get; set; }

    [Option("checkpoint", MetaValue = "string", HelpText = "Restore from this checkpoint")]
    public string? Checkpoint { get; set; }

    [Option("checkpoint-dir", MetaValue = "string", HelpText = "Where the checkpoint is")]
    public string? CheckpointDirectory { get; set; }

    [Option("detach-keys", MetaValue = "string", HelpText = "Keys that detach from the container")]
    public string? DetachKeys { get; set; }

    [Option('i', "interactive", HelpText = "Attach standard input")]
    public bool Interactive { get; set; }
}
