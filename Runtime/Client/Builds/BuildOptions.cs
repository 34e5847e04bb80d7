using CommandLine;

namespace Rtd.Client.Builds;

/// <summary>Options of build: what is built, and what becomes of it.</summary>
internal sealed partial class BuildOptions
{
    [Option("build-arg", MetaValue = "list", HelpText = "Set a build-time variable (NAME=value, or NAME for this environment's)")]
    public IEnumerable<string> BuildArguments { get; set; } = [];

    [Option("cache-from", MetaValue = "strings", HelpText = "Images whose layers may be used again")]
    public IEnumerable<string> CacheFrom { get; set; } = [];

    [Option("compress", HelpText = "Compress the context with gzip on its way")]
    public bool Compress { get; set; }

    [Option("disable-content-trust", HelpText = "Accepted for compatibility: images are not signed here", Hidden = true, Default = true)]
    public bool? DisableContentTrust { get; set; } = true;

    [Option('f', "file", MetaValue = "string", HelpText = "The Dockerfile (default: PATH/Dockerfile), or - for standard input")]
    public string? File { get; set; }

    [Option("force-rm", HelpText = "Remove containers of steps also when one fails")]
    public bool ForceRemove { get; set; }

    [Option("iidfile", MetaValue = "string", HelpText = "Write the image's id to this file")]
    public string? IdFile { get; set; }

    [Option("label", MetaValue = "list", HelpText = "Set metadata of the image (NAME=value)")]
    public IEnumerable<string> Labels { get; set; } = [];

    [Option("load", HelpText = "Accepted for compatibility: images are always there afterwards", Hidden = true)]
    public bool Load { get; set; }

    [Option("no-cache", HelpText = "Do every step anew")]
    public bool NoCache { get; set; }

    [Option('o', "output", MetaValue = "stringArray", HelpText = "Write the result here too (type=local,dest=DIR or type=tar,dest=FILE)")]
    public IEnumerable<string> Outputs { get; set; } = [];

    [Option("platform", MetaValue = "string", HelpText = "Platform to build for")]
    public string? Platform { get; set; }

    [Option("progress", MetaValue = "string", HelpText = "How progress is shown (auto, plain, tty)", Default = "auto")]
    public string Progress { get; set; } = "auto";

    [Option("pull", HelpText = "Get base images anew")]
    public bool Pull { get; set; }

    [Option('q', "quiet", HelpText = "Print the image's id only")]
    public bool Quiet { get; set; }

    [Option("rm", HelpText = "Remove containers of steps that succeeded", Default = true)]
    public bool? Remove { get; set; } = true;

    [Option("secret", MetaValue = "stringArray", HelpText = "A secret for RUN --mount=type=secret (id=ID[,src=FILE|,env=NAME])")]
    public IEnumerable<string> Secrets { get; set; } = [];

    [Option("squash", HelpText = "Refused: layers are not put together", Hidden = true)]
    public bool Squash { get; set; }

    [Option("ssh", MetaValue = "stringArray", HelpText = "Refused: an agent cannot be forwarded", Hidden = true)]
    public IEnumerable<string> Agents { get; set; } = [];

    [Option('t', "tag", MetaValue = "list", HelpText = "Name the image (name[:tag])")]
    public IEnumerable<string> Tags { get; set; } = [];

    [Option("target", MetaValue = "string", HelpText = "The stage to build")]
    public string? Target { get; set; }
}
