using CommandLine;

namespace Rtd.Client.Daemon;

/// <summary>Options of events.</summary>
internal sealed partial class EventsOptions
{
    [Option('f', "filter", MetaValue = "filter", HelpText = "Show only what matches (key=value)")]
    public IEnumerable<string> Filters { get; set; } = [];

    [Option("format", MetaValue = "string", HelpText = "Print by a template: \"json\" or a Go TEMPLATE")]
    public string? Format { get; set; }

    [Option("since", MetaValue = "string", HelpText = "From this moment on")]
    public string? Since { get; set; }

    [Option("until", MetaValue = "string", HelpText = "Up to this moment")]
    public string? Until { get; set; }
}
