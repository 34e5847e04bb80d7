using CommandLine;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>What a container is most often given: command, environment, mounts, ports, name.</summary>
internal sealed partial class BasicOptions
{
    [Option('a', "attach", MetaValue = "list", HelpText = "Attach to STDIN, STDOUT or STDERR")]
    public IEnumerable<string> Attach { get; set; } = [];

    [Option("cidfile", MetaValue = "string", HelpText = "Write the container's ID to this file")]
    public string? CidFile { get; set; }

    [Option("entrypoint", MetaValue = "string", HelpText = "Run this instead of the image's ENTRYPOINT")]
    public string? Entrypoint { get; set; }

    [Option('e', "env", MetaValue = "list", HelpText = "Set environment variables; a name alone takes your own value")]
    public IEnumerable<string> Env { get; set; } = [];

    [Option("env-file", MetaValue = "list", HelpText = "Read environment variables from a file")]
    public IEnumerable<string> EnvFiles { get; set; } = [];

    [Option("expose", MetaValue = "list", HelpText = "Expose a port or a range of ports")]
    public IEnumerable<string> Expose { get; set; } = [];

    [Option('h', "hostname", MetaValue = "string", HelpText = "Host name inside")]
    public string? Hostname { get; set; }

    [Option("init", HelpText = "Run a small init inside that forwards signals and reaps processes")]
    public bool? Init { get; set; }

    [Option('i', "interactive", HelpText = "Keep standard input open even if not attached")]
    public bool Interactive { get; set; }

    [Option('l', "label", MetaValue = "list", HelpText = "Set metadata (key=value)")]
    public IEnumerable<string> Labels { get; set; } = [];

    [Option("label-file", MetaValue = "list", HelpText = "Read labels from a file")]
    public IEnumerable<string> LabelFiles { get; set; } = [];

    [Option("mount", MetaValue = "mount", HelpText = "Attach a filesystem (type=bind,source=…,target=…)")]
    public IEnumerable<string> Mounts { get; set; } = [];

    [Option("name", MetaValue = "string", HelpText = "Name of the container")]
    public string? Name { get; set; }

    [Option("network", MetaValue = "network", HelpText = "Connect to a network")]
    [FlagAlias("net")]
    public IEnumerable<string> Networks { get; set; } = [];

    [Option("platform", MetaValue = "string", HelpText = "Platform of the image, where the daemon has several")]
    public string? Platform { get; set; }

    [Option("privileged", HelpText = "Give it all privileges of the host's root")]
    public bool Privileged { get; set; }

    [Option('p', "publish", MetaValue = "list", HelpText = "Publish ports on the host ([ip:]host:container[/proto])")]
    public IEnumerable<string> Publish { get; set; } = [];

    [Option('P', "publish-all", HelpText = "Publish all exposed ports on free ports of the host")]
    public bool PublishAll { get; set; }

    [Option("pull", MetaValue = "string", HelpText = "When to pull the image: \"always\", \"missing\" or \"never\"", Default = "missing")]
    public string? Pull { get; set; } = "missing";

    [Option('q', "quiet", HelpText = "Do not show the pull")]
    public bool Quiet { get; set; }

    [Option("read-only", HelpText = "Mount its root file system read-only")]
    public bool ReadOnly { get; set; }

    [Option("restart", MetaValue = "string", HelpText = "What to do when it exits (no, on-failure[:max], always, unless-stopped)", Default = "no")]
    public string? Restart { get; set; } = "no";

    [Option("rm", HelpText = "Remove it and its anonymous volumes when it exits")]
    public bool Remove { get; set; }

    [Option('t', "tty", HelpText = "Give it a terminal")]
    public bool Tty { get; set; }

    [Option('u', "user", MetaValue = "string", HelpText = "User and group (name|uid[:group|gid])")]
    public string? User { get; set; }

    [Option('v', "volume", MetaValue = "list", HelpText = "Mount a directory or a volume ([source:]target[:options])")]
    public IEnumerable<string> Volumes { get; set; } = [];

    [Option('w', "workdir", MetaValue = "string", HelpText = "Working directory inside")]
    public string? WorkingDirectory { get; set; }
}
