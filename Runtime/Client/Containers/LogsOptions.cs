using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of logs.</summary>
internal sealed partial class LogsOptions
{
    [Option("details", HelpText = "Show what the log driver knows beyond the text")]
    public bool Details { get; set; }

    [Option('f', "follow", HelpText = "Stay and print what comes")]
    public bool Follow { get; set; }

    [Option("since", MetaValue = "string", HelpText = "From this moment on (2024-01-02T13:23:37Z, or 42m for a span)")]
    public string? Since { get; set; }

    [Option('n', "tail", MetaValue = "string", HelpText = "So many lines from the end", Default = "all")]
    public string? Tail { get; set; } = "all";

    [Option('t', "timestamps", HelpText = "Show the time of each line")]
    public bool Timestamps { get; set; }

    [Option("until", MetaValue = "string", HelpText = "Up to this moment (2024-01-02T13:23:37Z, or 42m for a span)")]
    public string? Until { get; set; }
}
