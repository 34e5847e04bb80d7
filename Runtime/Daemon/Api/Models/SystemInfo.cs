using Newtonsoft.Json;

namespace Rtd.Daemon.Api.Models;

/// <summary>The answer of <c>/info</c>.</summary>
internal sealed class SystemInfo
{
    public required string ID { get; init; }

    public required int Containers { get; init; }

    public required int ContainersRunning { get; init; }

    public required int ContainersPaused { get; init; }

    public required int ContainersStopped { get; init; }

    public required int Images { get; init; }

    public required string Driver { get; init; }

    public required IReadOnlyList<string[]> DriverStatus { get; init; }

    public required PluginsInfo Plugins { get; init; }

    public required bool MemoryLimit { get; init; }

    public required bool SwapLimit { get; init; }

    public required bool CpuCfsPeriod { get; init; }

    public required bool CpuCfsQuota { get; init; }

    public required bool CPUShares { get; init; }

    public required bool CPUSet { get; init; }

    public required bool PidsLimit { get; init; }

    public required bool IPv4Forwarding { get; init; }

    public required bool Debug { get; init; }

    public required int NFd { get; init; }

    public required bool OomKillDisable { get; init; }

    /// <summary>Threads here.</summary>
    public required int NGoroutines { get; init; }

    public required DateTime SystemTime { get; init; }

    public required string LoggingDriver { get; init; }

    public required string CgroupDriver { get; init; }

    public required string CgroupVersion { get; init; }

    public required int NEventsListener { get; init; }

    public required string KernelVersion { get; init; }

    public required string OperatingSystem { get; init; }

    public required string OSVersion { get; init; }

    public required string OSType { get; init; }

    public required string Architecture { get; init; }

    public required string IndexServerAddress { get; init; }

    public required RegistryConfigInfo RegistryConfig { get; init; }

    public required int NCPU { get; init; }

    public required long MemTotal { get; init; }

    public object? GenericResources { get; init; }

    public required string DockerRootDir { get; init; }

    public string HttpProxy { get; init; } = "";

    public string HttpsProxy { get; init; } = "";

    public string NoProxy { get; init; } = "";

    public required string Name { get; init; }

    public required IReadOnlyList<string> Labels { get; init; }

    public bool ExperimentalBuild { get; init; }

    public required string ServerVersion { get; init; }

    public required IReadOnlyDictionary<string, RuntimeInfo> Runtimes { get; init; }

    public required string DefaultRuntime { get; init; }

    public SwarmInfo Swarm { get; } = new();

    public bool LiveRestoreEnabled { get; init; }

    public string Isolation { get; init; } = "";

    public required string InitBinary { get; init; }

    public CommitInfo ContainerdCommit { get; init; } = new("");

    public CommitInfo RuncCommit { get; init; } = new("");

    public required CommitInfo InitCommit { get; init; }

    public required IReadOnlyList<string> SecurityOptions { get; init; }

    [JsonProperty(NullValueHandling = NullValueHandling.Ignore)]
    public IReadOnlyList<AddressPoolInfo>? DefaultAddressPools { get; init; }

    public IReadOnlyList<string> CDISpecDirs { get; init; } = [];

    public required IReadOnlyList<string> Warnings { get; init; }
}
