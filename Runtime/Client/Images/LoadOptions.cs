using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of load.</summary>
internal sealed partial class LoadOptions
{
    [Option('i', "input", MetaValue = "string", HelpText = "Read from this file instead of standard input")]
    public string? Input { get; set; }

    [Option("platform", MetaValue = "string", HelpText = "Load only this platform (os[/arch[/variant]])")]
    public string? Platform { get; set; }

    [Option('q', "quiet", HelpText = "Do not show the progress")]
    public bool Quiet { get; set; }
}
