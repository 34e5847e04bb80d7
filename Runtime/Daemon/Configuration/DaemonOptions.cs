using CommandLine;

namespace Rtd.Daemon.Configuration;

/// <summary>
/// What can be said on the command line and in the file, under dockerd's names, as it was said: null or empty is "not said".
/// </summary>
/// <remarks>Booleans are nullable so that <c>--icc=false</c> can be said; <see cref="ArgumentNormalizer"/> gives bare ones their value.</remarks>
internal sealed class DaemonOptions
{
    [Option("authorization-plugin", MetaValue = "name", HelpText = "Plugins that allow or deny requests, asked in this order")]
    [FileKey("authorization-plugins")]
    public IEnumerable<string>? AuthorizationPlugins { get; set; }

    [Option('b', "bridge", MetaValue = "string", HelpText = "Attach containers to a network bridge (\"none\" for no default network)")]
    [FileKey("bridge")]
    public string? Bridge { get; set; }

    [Option("bip", MetaValue = "cidr", HelpText = "Address and prefix of the default bridge")]
    [FileKey("bip")]
    public string? Bip { get; set; }

    [Option("bip6", MetaValue = "cidr", HelpText = "IPv6 address and prefix of the default bridge")]
    [FileKey("bip6")]
    public string? BipV6 { get; set; }

    [Option("cgroup-favordynmods", HelpText = "Move processes into cgroups without waiting for the kernel (default true, on cgroup v2 from Linux 6.18 on)")]
    [FileKey("cgroup-favordynmods")]
    public bool? CgroupFavorDynMods { get; set; }

    [Option("cgroup-parent", MetaValue = "string", HelpText = "Parent cgroup for all containers (default \"/rtd\")")]
    [FileKey("cgroup-parent")]
    public string? CgroupParent { get; set; }

    [Option("config-file", MetaValue = "path", HelpText = "Daemon configuration file (default \"/etc/rtd/daemon.json\")")]
    public string? ConfigFile { get; set; }

    [Option("data-root", MetaValue = "path", HelpText = "Root directory of persistent state (default \"/var/lib/rtd\")")]
    [FileKey("data-root")]
    public string? DataRoot { get; set; }

    [Option('D', "debug", HelpText = "Enable debug mode")]
    [FileKey("debug")]
    public bool? Debug { get; set; }

    [Option("default-address-pool", MetaValue = "base=CIDR,size=N", HelpText = "Address pools for new networks")]
    [FileKey("default-address-pools")]
    public IEnumerable<string>? DefaultAddressPools { get; set; }

    [Option("default-cgroupns-mode", MetaValue = "mode", HelpText = "Cgroup namespace of containers (\"host\" | \"private\", default \"private\")")]
    [FileKey("default-cgroupns-mode")]
    public string? DefaultCgroupnsMode { get; set; }

    [Option("default-gateway", MetaValue = "ip", HelpText = "Default gateway of containers on the default bridge")]
    [FileKey("default-gateway")]
    public string? DefaultGateway { get; set; }

    [Option("default-gateway-v6", MetaValue = "ip", HelpText = "Default IPv6 gateway of containers on the default bridge")]
    [FileKey("default-gateway-v6")]
    public string? DefaultGatewayV6 { get; set; }

    [Option("default-ipc-mode", MetaValue = "mode", HelpText = "IPC namespace of containers (\"shareable\" | \"private\", default \"private\")")]
    [FileKey("default-ipc-mode")]
    public string? DefaultIpcMode { get; set; }

    [Option("default-network-opt", MetaValue = "driver=key=value", HelpText = "Options of new networks of a driver")]
    [FileKey("default-network-opts")]
    public IEnumerable<string>? DefaultNetworkOptions { get; set; }

    [Option("default-runtime", MetaValue = "string", HelpText = "OCI runtime of containers that do not ask for one (default \"rtd\")")]
    [FileKey("default-runtime")]
    public string? DefaultRuntime { get; set; }

    [Option("add-runtime", MetaValue = "name=path", HelpText = "Another OCI runtime that containers can ask for")]
    [FileKey("runtimes")]
    public IEnumerable<string>? Runtimes { get; set; }

    [Option("default-shm-size", MetaValue = "bytes", HelpText = "Size of /dev/shm of containers (default 64MiB)")]
    [FileKey("default-shm-size")]
    public string? DefaultShmSize { get; set; }

    [Option("default-ulimit", MetaValue = "name=soft:hard", HelpText = "Default ulimits of containers")]
    [FileKey("default-ulimits")]
    public IEnumerable<string>? DefaultUlimits { get; set; }

    [Option("dns", MetaValue = "ip", HelpText = "DNS servers of containers")]
    [FileKey("dns")]
    public IEnumerable<string>? Dns { get; set; }

    [Option("dns-opt", MetaValue = "string", HelpText = "DNS options of containers")]
    [FileKey("dns-opts")]
    public IEnumerable<string>? DnsOptions { get; set; }

    [Option("dns-search", MetaValue = "domain", HelpText = "DNS search domains of containers")]
    [FileKey("dns-search")]
    public IEnumerable<string>? DnsSearch { get; set; }

    [Option("exec-opt", MetaValue = "key=value", HelpText = "Options of the exec driver (native.cgroupdriver=cgroupfs)")]
    [FileKey("exec-opts")]
    public IEnumerable<string>? ExecOptions { get; set; }

    [Option("exec-root", MetaValue = "path", HelpText = "Root directory of run-time state (default \"/run/rtd\")")]
    [FileKey("exec-root")]
    public string? ExecRoot { get; set; }

    [Option("fixed-cidr", MetaValue = "cidr", HelpText = "Range of the default bridge that containers get addresses from")]
    [FileKey("fixed-cidr")]
    public string? FixedCidr { get; set; }

    [Option("fixed-cidr-v6", MetaValue = "cidr", HelpText = "IPv6 subnet of the default bridge (default a /64 of the engine's own)")]
    [FileKey("fixed-cidr-v6")]
    public string? FixedCidrV6 { get; set; }

    [Option('G', "group", MetaValue = "group", HelpText = "Group of unix sockets (default \"docker\" if there is one)")]
    [FileKey("group")]
    public string? Group { get; set; }

    [Option('H', "host", MetaValue = "address", HelpText = "Where to listen: unix://PATH, tcp://IP:PORT, fd://[N]; several times (default \"unix:///run/rtd.sock\")")]
    [FileKey("hosts")]
    public IEnumerable<string>? Hosts { get; set; }

    [Option("host-gateway-ip", MetaValue = "ip", HelpText = "What host-gateway of --add-host stands for (default the container's gateway)")]
    [FileKey("host-gateway-ips")]
    public IEnumerable<string>? HostGatewayAddresses { get; set; }

    [Option("icc", HelpText = "Let containers of the default bridge talk to each other (default true)")]
    [FileKey("icc")]
    public bool? Icc { get; set; }

    [Option("init", HelpText = "Run an init in containers by default")]
    [FileKey("init")]
    public bool? Init { get; set; }

    [Option("insecure-registry", MetaValue = "host", HelpText = "Registries to speak plain HTTP or unverified TLS with")]
    [FileKey("insecure-registries")]
    public IEnumerable<string>? InsecureRegistries { get; set; }

    [Option("ip", MetaValue = "ip", HelpText = "Host address that published ports bind to (default 0.0.0.0)")]
    [FileKey("ip")]
    public string? Ip { get; set; }

    [Option("ip-forward", HelpText = "Enable IPv4 forwarding on the host (default true)")]
    [FileKey("ip-forward")]
    public bool? IpForward { get; set; }

    [Option("ip-masq", HelpText = "Masquerade what leaves the default bridge (default true)")]
    [FileKey("ip-masq")]
    public bool? IpMasq { get; set; }

    [Option("ip6tables", HelpText = "Add firewall rules for IPv6, as for IPv4 (default true)")]
    [FileKey("ip6tables")]
    public bool? Ip6tables { get; set; }

    [Option("iptables", HelpText = "Add firewall rules (default true)")]
    [FileKey("iptables")]
    public bool? Iptables { get; set; }

    [Option("ipv6", HelpText = "Give networks IPv6 unless they say otherwise (default what the host has)")]
    [FileKey("ipv6")]
    public bool? IPv6 { get; set; }

    [Option("label", MetaValue = "key=value", HelpText = "Labels of the daemon")]
    [FileKey("labels")]
    public IEnumerable<string>? Labels { get; set; }

    [Option("live-restore", HelpText = "Keep containers running while there is no daemon")]
    [FileKey("live-restore")]
    public bool? LiveRestore { get; set; }

    [Option("log-driver", MetaValue = "name", HelpText = "Default log driver of containers (default \"json-file\")")]
    [FileKey("log-driver")]
    public string? LogDriver { get; set; }

    [Option("log-format", MetaValue = "format", HelpText = "Format of the daemon's log (\"text\"|\"json\", default \"text\")")]
    [FileKey("log-format")]
    public string? LogFormat { get; set; }

    [Option('l', "log-level", MetaValue = "level", HelpText = "Level of the daemon's log (\"debug\"|\"info\"|\"warn\"|\"error\"|\"fatal\", default \"info\")")]
    [FileKey("log-level")]
    public string? LogLevel { get; set; }

    [Option("log-opt", MetaValue = "key=value", HelpText = "Options of the default log driver")]
    [FileKey("log-opts")]
    public IEnumerable<string>? LogOptions { get; set; }

    [Option("log-quota", MetaValue = "bytes", HelpText = "What all containers' logs on disk may take together: the oldest rotated files go first (default no limit)")]
    [FileKey("log-quota")]
    public string? LogQuota { get; set; }

    [Option("max-concurrent-downloads", MetaValue = "int", HelpText = "Layers to download at once (default 3)")]
    [FileKey("max-concurrent-downloads")]
    public int? MaxConcurrentDownloads { get; set; }

    [Option("max-concurrent-uploads", MetaValue = "int", HelpText = "Layers to upload at once (default 5)")]
    [FileKey("max-concurrent-uploads")]
    public int? MaxConcurrentUploads { get; set; }

    [Option("max-download-attempts", MetaValue = "int", HelpText = "Tries of one download (default 5)")]
    [FileKey("max-download-attempts")]
    public int? MaxDownloadAttempts { get; set; }

    [Option("prepared-sandboxes", MetaValue = "int", HelpText = "Sandboxes of each kind kept ready while containers or execs are started; 0 keeps none (default 2)")]
    [FileKey("prepared-sandboxes")]
    public int? PreparedSandboxes { get; set; }

    [Option("metrics-addr", MetaValue = "address", HelpText = "Where to serve /metrics in Prometheus' format: IP:PORT")]
    [FileKey("metrics-addr")]
    public string? MetricsAddress { get; set; }

    [Option("mtu", MetaValue = "int", HelpText = "MTU of the default bridge (default 1500)")]
    [FileKey("mtu")]
    public int? Mtu { get; set; }

    [Option("no-new-privileges", HelpText = "Set no-new-privileges for containers by default")]
    [FileKey("no-new-privileges")]
    public bool? NoNewPrivileges { get; set; }

    [Option("oom-score-adjust", MetaValue = "int", HelpText = "oom_score_adj of the daemon, -1000 to 1000 (default 0)")]
    [FileKey("oom-score-adjust")]
    public int? OomScoreAdjust { get; set; }

    [Option('p', "pidfile", MetaValue = "path", HelpText = "The daemon's PID file (default \"/run/rtd.pid\")")]
    [FileKey("pidfile")]
    public string? PidFile { get; set; }

    [Option("registry-mirror", MetaValue = "url", HelpText = "Mirrors of the default registry")]
    [FileKey("registry-mirrors")]
    public IEnumerable<string>? RegistryMirrors { get; set; }

    [Option("seccomp-profile", MetaValue = "path", HelpText = "Seccomp profile of containers: a file in Docker's format, \"builtin\" or \"unconfined\" (default \"builtin\")")]
    [FileKey("seccomp-profile")]
    public string? SeccompProfile { get; set; }

    [Option("shutdown-timeout", MetaValue = "seconds", HelpText = "How long containers may take to stop with the daemon, -1 for no limit (default 15)")]
    [FileKey("shutdown-timeout")]
    public int? ShutdownTimeout { get; set; }

    [Option('s', "storage-driver", MetaValue = "name", HelpText = "Storage driver (\"overlay2\" | \"btrfs\" | \"fuse-overlayfs\" | \"vfs\", default what the host can do)")]
    [FileKey("storage-driver")]
    public string? StorageDriver { get; set; }

    [Option("storage-opt", MetaValue = "key=value", HelpText = "Options of the storage driver")]
    [FileKey("storage-opts")]
    public IEnumerable<string>? StorageOptions { get; set; }

    [Option("tls", HelpText = "Use TLS on TCP sockets; implied by --tlsverify (--tls=false allows plain TCP beyond loopback)")]
    [FileKey("tls")]
    public bool? Tls { get; set; }

    [Option("tlscacert", MetaValue = "path", HelpText = "Trust clients whose certificates this CA signed (default \"~/.docker/ca.pem\")")]
    [FileKey("tlscacert")]
    public string? TlsCaCertificate { get; set; }

    [Option("tlscert", MetaValue = "path", HelpText = "The server's certificate, with its chain (default \"~/.docker/cert.pem\")")]
    [FileKey("tlscert")]
    public string? TlsCertificate { get; set; }

    [Option("tlskey", MetaValue = "path", HelpText = "The certificate's key (default \"~/.docker/key.pem\")")]
    [FileKey("tlskey")]
    public string? TlsKey { get; set; }

    [Option("tlsverify", HelpText = "Use TLS and verify clients by their certificates")]
    [FileKey("tlsverify")]
    public bool? TlsVerify { get; set; }

    [Option("userland-proxy", HelpText = "Carry what containers send to published ports in the daemon, not by translation (default true)")]
    [FileKey("userland-proxy")]
    public bool? UserlandProxy { get; set; }

    [Option("validate", HelpText = "Check the configuration and quit")]
    public bool? Validate { get; set; }

    [Option('v', "version", HelpText = "Print version information and quit")]
    public bool? Version { get; set; }

    [Option('h', "help", HelpText = "Print this help and quit")]
    public bool? Help { get; set; }

    [Option("userns-remap", MetaValue = "string", HelpText = "User/Group setting for user namespaces")]
    [FileKey("userns-remap")]
    public string? UsernsRemap { get; set; }
}
