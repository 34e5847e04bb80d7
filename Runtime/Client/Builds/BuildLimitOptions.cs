using CommandLine;

namespace Rtd.Client.Builds;

/// <summary>Options of build: the containers that steps run in.</summary>
internal sealed partial class BuildLimitOptions
{
    [Option("add-host", MetaValue = "list", HelpText = "Add a host to /etc/hosts (name:address)")]
    public IEnumerable<string> Hosts { get; set; } = [];

    [Option("cgroup-parent", MetaValue = "string", HelpText = "Cgroup to put the containers' own into")]
    public string? CgroupParent { get; set; }

    [Option("cpu-period", MetaValue = "int", HelpText = "CFS period in microseconds")]
    public long? CpuPeriod { get; set; }

    [Option("cpu-quota", MetaValue = "int", HelpText = "CFS quota in microseconds per period")]
    public long? CpuQuota { get; set; }

    [Option('c', "cpu-shares", MetaValue = "int", HelpText = "Relative CPU weight")]
    public long? CpuShares { get; set; }

    [Option("cpuset-cpus", MetaValue = "string", HelpText = "CPUs they may run on (0-3, 0,1)")]
    public string? CpusetCpus { get; set; }

    [Option("cpuset-mems", MetaValue = "string", HelpText = "Memory nodes they may use (0-3, 0,1)")]
    public string? CpusetMems { get; set; }

    [Option("isolation", MetaValue = "string", HelpText = "Accepted for compatibility: default is the only one")]
    public string? Isolation { get; set; }

    [Option('m', "memory", MetaValue = "bytes", HelpText = "Memory limit")]
    public long? Memory { get; set; }

    [Option("memory-swap", MetaValue = "bytes", HelpText = "Limit of memory and swap together; -1 for no limit")]
    public long? MemorySwap { get; set; }

    [Option("network", MetaValue = "string", HelpText = "Network of RUN steps", Default = "default")]
    public string Network { get; set; } = "default";

    [Option("security-opt", MetaValue = "strings", HelpText = "Security options")]
    public IEnumerable<string> SecurityOptions { get; set; } = [];

    [Option("shm-size", MetaValue = "bytes", HelpText = "Size of /dev/shm")]
    public long? ShmSize { get; set; }

    [Option("ulimit", MetaValue = "ulimit", HelpText = "Resource limits (name=soft[:hard])")]
    public IEnumerable<string> Ulimits { get; set; } = [];
}
