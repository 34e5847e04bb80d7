using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of attach.</summary>
internal sealed partial class AttachOptions
{
    [Option("detach-keys", MetaValue = "string", HelpText = "Keys that detach from the container")]
    public string? DetachKeys { get; set; }

    [Option("no-stdin", HelpText = "Do not attach standard input")]
    public bool NoStdin { get; set; }

    [Option("sig-proxy", HelpText = "Pass received signals on to the container", Default = true)]
    public bool? SigProxy { get; set; } = true;
}
