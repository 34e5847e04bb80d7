using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Namespaces, privileges and kernel settings.</summary>
internal sealed partial class IsolationOptions
{
    [Option("annotation", MetaValue = "map", HelpText = "Add an annotation for the runtime (key=value)")]
    public IEnumerable<string> Annotations { get; set; } = [];

    [Option("cap-add", MetaValue = "list", HelpText = "Add Linux capabilities")]
    public IEnumerable<string> CapAdd { get; set; } = [];

    [Option("cap-drop", MetaValue = "list", HelpText = "Drop Linux capabilities")]
    public IEnumerable<string> CapDrop { get; set; } = [];

    [Option("cgroupns", MetaValue = "string", HelpText = "Cgroup namespace: \"host\" or \"private\" (default: the daemon's)")]
    public string? CgroupNamespace { get; set; }

    [Option("group-add", MetaValue = "list", HelpText = "Join additional groups")]
    public IEnumerable<string> GroupAdd { get; set; } = [];

    [Option("ipc", MetaValue = "string", HelpText = "IPC namespace to use")]
    public string? Ipc { get; set; }

    [Option("isolation", MetaValue = "string", HelpText = "Isolation technology (\"default\" only)")]
    public string? Isolation { get; set; }

    [Option("pid", MetaValue = "string", HelpText = "PID namespace to use")]
    public string? Pid { get; set; }

    [Option("runtime", MetaValue = "string", HelpText = "Runtime to use")]
    public string? Runtime { get; set; }

    [Option("security-opt", MetaValue = "list", HelpText = "Security options (seccomp=FILE, no-new-privileges, label=…)")]
    public IEnumerable<string> SecurityOptions { get; set; } = [];

    [Option("sysctl", MetaValue = "map", HelpText = "Kernel parameters (name=value)")]
    public IEnumerable<string> Sysctls { get; set; } = [];

    [Option("userns", MetaValue = "string", HelpText = "User namespace to use")]
    public string? UserNamespace { get; set; }

    [Option("uts", MetaValue = "string", HelpText = "UTS namespace to use")]
    public string? Uts { get; set; }
}
