using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of exec.</summary>
internal sealed partial class ExecOptions
{
    [Option('d', "detach", HelpText = "Leave the command running in the background")]
    public bool Detach { get; set; }

    [Option("detach-keys", MetaValue = "string", HelpText = "Keys that detach from the command")]
    public string? DetachKeys { get; set; }

    [Option('e', "env", MetaValue = "list", HelpText = "Set environment variables")]
    public IEnumerable<string> Env { get; set; } = [];

    [Option("env-file", MetaValue = "list", HelpText = "Read environment variables from a file")]
    public IEnumerable<string> EnvFiles { get; set; } = [];

    [Option('i', "interactive", HelpText = "Keep standard input open even if not attached")]
    public bool Interactive { get; set; }

    [Option("privileged", HelpText = "Give it all privileges of the host's root")]
    public bool Privileged { get; set; }

    [Option('t', "tty", HelpText = "Give it a terminal")]
    public bool Tty { get; set; }

    [Option('u', "user", MetaValue = "string", HelpText = "User and group (name|uid[:group|gid])")]
    public string? User { get; set; }

    [Option('w', "workdir", MetaValue = "string", HelpText = "Working directory inside")]
    public string? WorkingDirectory { get; set; }
}
