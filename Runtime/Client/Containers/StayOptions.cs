using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>How run stays with its container.</summary>
internal sealed partial class StayOptions
{
    [Option('d', "detach", HelpText = "Run in the background and print the container's ID")]
    public bool Detach { get; set; }

    [Option("detach-keys", MetaValue = "string", HelpText = "Keys that detach from the container")]
    public string? DetachKeys { get; set; }

    [Option("sig-proxy", HelpText = "Pass received signals on to the container", Default = true)]
    public bool? SigProxy { get; set; } = true;
}
