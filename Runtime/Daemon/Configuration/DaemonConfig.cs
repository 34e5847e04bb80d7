using System.Net;
using Rtd.Daemon.Api.Transport;
using Rtd.Daemon.Execution.Oci;

namespace Rtd.Daemon.Configuration;

/// <summary>The daemon's configuration: defaults, file and flags merged and checked. Property names follow dockerd's settings.</summary>
internal sealed record DaemonConfig
{
    public const string DefaultConfigFile = "/etc/rtd/daemon.json";

    /// <summary>Flags and file merged, as they were said.</summary>
    public required DaemonOptions Said { get; init; }

    /// <summary>The file that was read, whether it was there or not.</summary>
    public required string ConfigFile { get; init; }

    public required string DataRoot { get; init; }

    public required string ExecRoot { get; init; }

    public required string PidFile { get; init; }

    public required IReadOnlyList<ListenAddress> Hosts { get; init; }

    /// <summary>Null: no TLS.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Whether anyone may connect from beyond loopback: said explicitly, or made safe by the verification of clients.</summary>
    public bool AllowsOpenTcp { get; init; }

    /// <summary>In the order in which they are asked.</summary>
    public required IReadOnlyList<string> AuthorizationPlugins { get; init; }

    /// <summary>Where /metrics is served; null for nowhere.</summary>
    public IPEndPoint? MetricsAddress { get; init; }

    /// <summary>Null: docker if there is such a group, else root.</summary>
    public string? Group { get; init; }

    public bool Debug { get; init; }

    /// <summary>debug, info, warn, error or fatal; debug when <see cref="Debug"/> is set.</summary>
    public required string LogLevel { get; init; }

    /// <summary>text or json.</summary>
    public required string LogFormat { get; init; }

    /// <summary>How long containers may take to stop with the daemon; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</summary>
    public required TimeSpan ShutdownTimeout { get; init; }

    /// <summary>Containers outlive the daemon.</summary>
    public bool LiveRestore { get; init; }

    public required int OomScoreAdjust { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The bridge to use; null for our own, "none" for no default network.</summary>
    public string? Bridge { get; init; }

    public InterfaceCidr? Bip { get; init; }

    public IPNetwork? FixedCidr { get; init; }

    public IPAddress? DefaultGateway { get; init; }

    /// <summary>Null: what the host has.</summary>
    public bool? IPv6 { get; init; }

    public InterfaceCidr? BipV6 { get; init; }

    public IPNetwork? FixedCidrV6 { get; init; }

    public IPAddress? DefaultGatewayV6 { get; init; }

    /// <summary>Options of new networks, by driver.</summary>
    public required IReadOnlyDictionary<string, Dictionary<string, string>> DefaultNetworkOptions { get; init; }

    /// <summary>What <c>--add-host NAME:host-gateway</c> stands for; empty: the container's gateway.</summary>
    public required IReadOnlyList<IPAddress> HostGatewayAddresses { get; init; }

    public required int Mtu { get; init; }

    public required bool Icc { get; init; }

    public required bool Iptables { get; init; }

    public required bool IpForward { get; init; }

    public required bool IpMasq { get; init; }

    public required bool UserlandProxy { get; init; }

    /// <summary>The host address that published ports bind to.</summary>
    public required IPAddress DefaultBindAddress { get; init; }

    public required IReadOnlyList<AddressPool> DefaultAddressPools { get; init; }

    public required IReadOnlyList<IPAddress> Dns { get; init; }

    public required IReadOnlyList<string> DnsSearch { get; init; }

    public required IReadOnlyList<string> DnsOptions { get; init; }

    /// <summary>Null: what the host can do.</summary>
    public string? StorageDriver { get; init; }

    public required IReadOnlyDictionary<string, string> StorageOptions { get; init; }

    public required string CgroupParent { get; init; }

    /// <summary>See <see cref="Cgroups.FavorDynMods"/>; null is left to it.</summary>
    public bool? CgroupFavorDynMods { get; init; }

    /// <summary>Bytes.</summary>
    public required long DefaultShmSize { get; init; }

    public required IReadOnlyList<UlimitSetting> DefaultUlimits { get; init; }

    public required IReadOnlyDictionary<string, OciRuntime> Runtimes { get; init; }

    /// <summary>One of them, or our own.</summary>
    public required string DefaultRuntime { get; init; }

    /// <summary>shareable or private.</summary>
    public required string DefaultIpcMode { get; init; }

    /// <summary>host or private.</summary>
    public required string DefaultCgroupnsMode { get; init; }

    /// <summary>default, user or user:group, names or numbers; null for containers without user namespaces.</summary>
    public string? UsernsRemap { get; init; }

    public bool Init { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>A path, "unconfined", or null for the built-in profile.</summary>
    public string? SeccompProfile { get; init; }

    public required string LogDriver { get; init; }

    public required IReadOnlyDictionary<string, string> LogOptions { get; init; }

    /// <summary>Bytes of all logs together; null for no limit.</summary>
    public long? LogQuota { get; init; }

    public required IReadOnlyList<string> InsecureRegistries { get; init; }

    public required IReadOnlyList<string> RegistryMirrors { get; init; }

    public required int MaxConcurrentDownloads { get; init; }

    public required int MaxConcurrentUploads { get; init; }

    public required int MaxDownloadAttempts { get; init; }

    /// <summary>See <see cref="Execution.Prepared.PreparedShims"/>; 0 for none.</summary>
    public required int PreparedSandboxes { get; init; }
}
