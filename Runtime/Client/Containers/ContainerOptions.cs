using CommandLine;
using Rtd.Client.CommandLine;

namespace Rtd.Client.Containers;

/// <summary>What run and create share: everything a container can be made with.</summary>
internal abstract class ContainerOptions
{
    [Option("add-host", MetaValue = "list", HelpText = "Add a line to the container's hosts file (host:ip)")]
    public IEnumerable<string> AddHosts { get; set; } = [];

    [Option("annotation", MetaValue = "map", HelpText = "Add an annotation for the runtime (key=value)")]
    public IEnumerable<string> Annotations { get; set; } = [];

    [Option('a', "attach", MetaValue = "list", HelpText = "Attach to STDIN, STDOUT or STDERR")]
    public IEnumerable<string> Attach { get; set; } = [];

    [Option("blkio-weight", MetaValue = "uint16", HelpText = "Block I/O weight, 10 to 1000; 0 leaves the default")]
    public long? BlkioWeight { get; set; }

    [Option("blkio-weight-device", MetaValue = "list", HelpText = "Block I/O weight for one device (path:weight)")]
    public IEnumerable<string> BlkioWeightDevices { get; set; } = [];

    [Option("cap-add", MetaValue = "list", HelpText = "Add Linux capabilities")]
    public IEnumerable<string> CapAdd { get; set; } = [];

    [Option("cap-drop", MetaValue = "list", HelpText = "Drop Linux capabilities")]
    public IEnumerable<string> CapDrop { get; set; } = [];

    [Option("cgroup-parent", MetaValue = "string", HelpText = "Cgroup to put the container's own into")]
    public string? CgroupParent { get; set; }

    [Option("cgroupns", MetaValue = "string", HelpText = "Cgroup namespace: \"host\" or \"private\" (default: the daemon's)")]
    public string? CgroupNamespace { get; set; }

    [Option("cidfile", MetaValue = "string", HelpText = "Write the container's ID to this file")]
    public string? CidFile { get; set; }

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

    [Option("device", MetaValue = "list", HelpText = "Add a host device (path[:path-inside[:rwm]])")]
    public IEnumerable<string> Devices { get; set; } = [];

    [Option("device-cgroup-rule", MetaValue = "list", HelpText = "Add a rule to the allowed devices (\"c 10:200 rwm\")")]
    public IEnumerable<string> DeviceCgroupRules { get; set; } = [];

    [Option("device-read-bps", MetaValue = "list", HelpText = "Limit the read rate of a device in bytes per second (path:rate)")]
    public IEnumerable<string> DeviceReadBps { get; set; } = [];

    [Option("device-read-iops", MetaValue = "list", HelpText = "Limit the reads of a device per second (path:count)")]
    public IEnumerable<string> DeviceReadIops { get; set; } = [];

    [Option("device-write-bps", MetaValue = "list", HelpText = "Limit the write rate of a device in bytes per second (path:rate)")]
    public IEnumerable<string> DeviceWriteBps { get; set; } = [];

    [Option("device-write-iops", MetaValue = "list", HelpText = "Limit the writes of a device per second (path:count)")]
    public IEnumerable<string> DeviceWriteIops { get; set; } = [];

    [Option("disable-content-trust", HelpText = "Accepted for compatibility: images are not signed here", Hidden = true, Default = true)]
    public bool? DisableContentTrust { get; set; } = true;

    [Option("dns", MetaValue = "list", HelpText = "DNS servers to use")]
    public IEnumerable<string> Dns { get; set; } = [];

    [Option("dns-option", MetaValue = "list", HelpText = "Resolver options")]
    [FlagAlias("dns-opt")]
    public IEnumerable<string> DnsOptions { get; set; } = [];

    [Option("dns-search", MetaValue = "list", HelpText = "DNS search domains")]
    public IEnumerable<string> DnsSearch { get; set; } = [];

    [Option("domainname", MetaValue = "string", HelpText = "NIS domain name")]
    public string? DomainName { get; set; }

    [Option("entrypoint", MetaValue = "string", HelpText = "Run this instead of the image's ENTRYPOINT")]
    public string? Entrypoint { get; set; }

    [Option('e', "env", MetaValue = "list", HelpText = "Set environment variables; a name alone takes your own value")]
    public IEnumerable<string> Env { get; set; } = [];

    [Option("env-file", MetaValue = "list", HelpText = "Read environment variables from a file")]
    public IEnumerable<string> EnvFiles { get; set; } = [];

    [Option("expose", MetaValue = "list", HelpText = "Expose a port or a range of ports")]
    public IEnumerable<string> Expose { get; set; } = [];

    [Option("gpus", MetaValue = "string", HelpText = "GPU devices to add (\"all\" for every one)")]
    public string? Gpus { get; set; }

    [Option("group-add", MetaValue = "list", HelpText = "Join additional groups")]
    public IEnumerable<string> GroupAdd { get; set; } = [];

    [Option("health-cmd", MetaValue = "string", HelpText = "Shell command that checks the container's health")]
    public string? HealthCommand { get; set; }

    [Option("health-interval", MetaValue = "duration", HelpText = "Time between two checks")]
    public long? HealthInterval { get; set; }

    [Option("health-retries", MetaValue = "int", HelpText = "Failures in a row until it counts as unhealthy")]
    public long? HealthRetries { get; set; }

    [Option("health-start-interval", MetaValue = "duration", HelpText = "Time between two checks while it starts")]
    public long? HealthStartInterval { get; set; }

    [Option("health-start-period", MetaValue = "duration", HelpText = "Time it may take to start before failures count")]
    public long? HealthStartPeriod { get; set; }

    [Option("health-timeout", MetaValue = "duration", HelpText = "Time one check may take")]
    public long? HealthTimeout { get; set; }

    [Option('h', "hostname", MetaValue = "string", HelpText = "Host name inside")]
    public string? Hostname { get; set; }

    [Option("init", HelpText = "Run a small init inside that forwards signals and reaps processes")]
    public bool? Init { get; set; }

    [Option('i', "interactive", HelpText = "Keep standard input open even if not attached")]
    public bool Interactive { get; set; }

    [Option("ip", MetaValue = "string", HelpText = "IPv4 address (172.30.100.104)")]
    public string? Ip { get; set; }

    [Option("ip6", MetaValue = "string", HelpText = "IPv6 address (2001:db8::33)")]
    public string? Ip6 { get; set; }

    [Option("ipc", MetaValue = "string", HelpText = "IPC namespace to use")]
    public string? Ipc { get; set; }

    [Option("isolation", MetaValue = "string", HelpText = "Isolation technology (\"default\" only)")]
    public string? Isolation { get; set; }

    [Option("kernel-memory", MetaValue = "bytes", HelpText = "Kernel memory limit")]
    public long? KernelMemory { get; set; }

    [Option('l', "label", MetaValue = "list", HelpText = "Set metadata (key=value)")]
    public IEnumerable<string> Labels { get; set; } = [];

    [Option("label-file", MetaValue = "list", HelpText = "Read labels from a file")]
    public IEnumerable<string> LabelFiles { get; set; } = [];

    [Option("link", MetaValue = "list", HelpText = "Link to another container (name:alias)")]
    public IEnumerable<string> Links { get; set; } = [];

    [Option("link-local-ip", MetaValue = "list", HelpText = "Link-local addresses")]
    public IEnumerable<string> LinkLocalIps { get; set; } = [];

    [Option("log-driver", MetaValue = "string", HelpText = "Logging driver")]
    public string? LogDriver { get; set; }

    [Option("log-opt", MetaValue = "list", HelpText = "Options of the logging driver (key=value)")]
    public IEnumerable<string> LogOptions { get; set; } = [];

    [Option("mac-address", MetaValue = "string", HelpText = "MAC address (92:d0:c6:0a:29:33)")]
    public string? MacAddress { get; set; }

    [Option('m', "memory", MetaValue = "bytes", HelpText = "Memory limit")]
    public long? Memory { get; set; }

    [Option("memory-reservation", MetaValue = "bytes", HelpText = "Memory soft limit")]
    public long? MemoryReservation { get; set; }

    [Option("memory-swap", MetaValue = "bytes", HelpText = "Limit of memory and swap together; -1 for no limit")]
    public long? MemorySwap { get; set; }

    [Option("memory-swappiness", MetaValue = "int", HelpText = "How readily memory is swapped, 0 to 100")]
    public long? MemorySwappiness { get; set; }

    [Option("mount", MetaValue = "mount", HelpText = "Attach a filesystem (type=bind,source=…,target=…)")]
    public IEnumerable<string> Mounts { get; set; } = [];

    [Option("name", MetaValue = "string", HelpText = "Name of the container")]
    public string? Name { get; set; }

    [Option("network", MetaValue = "network", HelpText = "Connect to a network")]
    [FlagAlias("net")]
    public IEnumerable<string> Networks { get; set; } = [];

    [Option("network-alias", MetaValue = "list", HelpText = "Name of the container within its network")]
    [FlagAlias("net-alias")]
    public IEnumerable<string> NetworkAliases { get; set; } = [];

    [Option("no-healthcheck", HelpText = "Turn off any health check of the image")]
    public bool NoHealthcheck { get; set; }

    [Option("oom-kill-disable", HelpText = "Do not kill processes when memory runs out")]
    public bool? OomKillDisable { get; set; }

    [Option("oom-score-adj", MetaValue = "int", HelpText = "Preference of the host's OOM killer, -1000 to 1000")]
    public long? OomScoreAdj { get; set; }

    [Option("pid", MetaValue = "string", HelpText = "PID namespace to use")]
    public string? Pid { get; set; }

    [Option("pids-limit", MetaValue = "int", HelpText = "Limit of processes; -1 for none")]
    public long? PidsLimit { get; set; }

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

    [Option("runtime", MetaValue = "string", HelpText = "Runtime to use")]
    public string? Runtime { get; set; }

    [Option("security-opt", MetaValue = "list", HelpText = "Security options (seccomp=FILE, no-new-privileges, label=…)")]
    public IEnumerable<string> SecurityOptions { get; set; } = [];

    [Option("shm-size", MetaValue = "bytes", HelpText = "Size of /dev/shm")]
    public long? ShmSize { get; set; }

    [Option("stop-signal", MetaValue = "string", HelpText = "Signal that stops it")]
    public string? StopSignal { get; set; }

    [Option("stop-timeout", MetaValue = "int", HelpText = "Seconds to wait for it to stop before it is killed")]
    public long? StopTimeout { get; set; }

    [Option("storage-opt", MetaValue = "list", HelpText = "Options of the storage driver (key=value)")]
    public IEnumerable<string> StorageOptions { get; set; } = [];

    [Option("sysctl", MetaValue = "map", HelpText = "Kernel parameters (name=value)")]
    public IEnumerable<string> Sysctls { get; set; } = [];

    [Option("tmpfs", MetaValue = "list", HelpText = "Mount a tmpfs (path[:options])")]
    public IEnumerable<string> Tmpfs { get; set; } = [];

    [Option('t', "tty", HelpText = "Give it a terminal")]
    public bool Tty { get; set; }

    [Option("ulimit", MetaValue = "ulimit", HelpText = "Resource limits (name=soft[:hard])")]
    public IEnumerable<string> Ulimits { get; set; } = [];

    [Option('u', "user", MetaValue = "string", HelpText = "User and group (name|uid[:group|gid])")]
    public string? User { get; set; }

    [Option("userns", MetaValue = "string", HelpText = "User namespace to use")]
    public string? UserNamespace { get; set; }

    [Option("uts", MetaValue = "string", HelpText = "UTS namespace to use")]
    public string? Uts { get; set; }

    [Option('v', "volume", MetaValue = "list", HelpText = "Mount a directory or a volume ([source:]target[:options])")]
    public IEnumerable<string> Volumes { get; set; } = [];

    [Option("volume-driver", MetaValue = "string", HelpText = "Driver of the volumes it makes")]
    public string? VolumeDriver { get; set; }

    [Option("volumes-from", MetaValue = "list", HelpText = "Mount the volumes of another container")]
    public IEnumerable<string> VolumesFrom { get; set; } = [];

    [Option('w', "workdir", MetaValue = "string", HelpText = "Working directory inside")]
    public string? WorkingDirectory { get; set; }
}
