using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of commit.</summary>
internal sealed partial class CommitOptions
{
    [Option('a', "author", MetaValue = "string", HelpText = "Author of the image (\"Name <address>\")")]
    public string? Author { get; set; }

    [Option('c', "change", MetaValue = "list", HelpText = "Apply a Dockerfile instruction to the image")]
    public IEnumerable<string> Changes { get; set; } = [];

    [Option('m', "message", MetaValue = "string", HelpText = "Commit message of the image")]
    public string? Message { get; set; }

    [Option('p', "pause", HelpText = "Freeze the container meanwhile", Default = true)]
    public bool? Pause { get; set; } = true;
}
