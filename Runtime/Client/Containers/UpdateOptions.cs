using CommandLine;

namespace Rtd.Client.Containers;

/// <summary>Options of update.</summary>
internal sealed partial class UpdateOptions
{
    [Option("blkio-weight", MetaValue = "uint16", HelpText = "Block I/O weight, 10 to 1000; 0 leaves the default")]
    public long? BlkioWeight { get; set; }

    [Option("cpu-period", MetaValue = "int", HelpText = "CFS period in microseconds")]
    public long? CpuPeriod { get; set; }

    [Option("cpu-quota", MetaValue = "int", HelpText = "CFS quota in microseconds per period")]
    public long? CpuQuota { get; set; }

    [Option("cpu-rt-period", MetaValue = "int", HelpText = "Real-time period in microseconds")]
    public long? CpuRealtimePeriod { get; set; }

    [Option("cpu-rt-runtime", MetaValue = "int", HelpText = "Real-time runtime in microseconds")]
    public long? CpuRealtimeRuntime { get; set; }

    [Option('c', "cpu-shares", MetaValue = "int", HelpText = "Relative CPU weight")]
    public long? CpuShares { get; set; }

    [Option("cpus", MetaValue = "decimal", HelpText = "Number of CPUs")]
    public long? NanoCpus { get; set; }

    [Option("cpuset-cpus", MetaValue = "string", HelpText = "CPUs it may run on (0-3, 0,1)")]
    public string? CpusetCpus { get; set; }

    [Option("cpuset-mems", MetaValue = "string", HelpText = "Memory nodes it may use (0-3, 0,1)")]
    public string? CpusetMems { get; set; }

    [Option("kernel-memory", MetaValue = "bytes", HelpText = "Kernel memory limit", Hidden = true)]
    public long? KernelMemory { get; set; }

    [Option('m', "memory", MetaValue = "bytes", HelpText = "Memory limit")]
    public long? Memory { get; set; }

    [Option("memory-reservation", MetaValue = "bytes", HelpText = "Memory soft limit")]
    public long? MemoryReservation { get; set; }

    [Option("memory-swap", MetaValue = "bytes", HelpText = "Limit of memory and swap together; -1 for no limit")]
    public long? MemorySwap { get; set; }

    [Option("pids-limit", MetaValue = "int", HelpText = "Limit of processes; -1 for none")]
    public long? PidsLimit { get; set; }

    [Option("restart", MetaValue = "string", HelpText = "What to do when it exits (no, on-failure[:max], always, unless-stopped)")]
    public string? Restart { get; set; }
}
