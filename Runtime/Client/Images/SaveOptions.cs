using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of save.</summary>
internal sealed partial class SaveOptions
{
    [Option('o', "output", MetaValue = "string", HelpText = "Write to this file instead of standard output")]
    public string? Output { get; set; }

    [Option("platform", MetaValue = "string", HelpText = "Save only this platform (os[/arch[/variant]])")]
    public string? Platform { get; set; }
}
