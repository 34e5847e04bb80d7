using CommandLine;

namespace Rtd.Client.Images;

/// <summary>Options of import.</summary>
internal sealed partial class ImportOptions
{
    [Option('c', "change", MetaValue = "list", HelpText = "Apply a Dockerfile instruction to the image")]
    public IEnumerable<string> Changes { get; set; } = [];

    [Option('m', "message", MetaValue = "string", HelpText = "Commit message of the image")]
    public string? Message { get; set; }

    [Option("platform", MetaValue = "string", HelpText = "Platform to note in the image")]
    public string? Platform { get; set; }
}
