using System.Globalization;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Events;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Startup;

namespace Rtd.Daemon.Api.Routes;

/// <summary>Gathers <c>/info</c> from the host, the configuration and the other parts.</summary>
internal sealed class SystemInfoSource(RunningConfig running, SystemChecks checks, ISystemStatus status, EventBus events, string engineId)
{
    /// <summary>The classic name of the exec driver that talks to the kernel by itself.</summary>
    public SystemChecks Checks => checks;

    public SystemInfo Gather()
    {
        DaemonConfig config = running.Current;
        ContainerCounts containers = status.Containers;
        CgroupFeatures cgroups = status.CgroupFeatures;
        return new SystemInfo
        {
            ID = engineId,
            Containers = containers.Total,
            ContainersRunning = containers.Running,
            ContainersPaused = containers.Paused,
            ContainersStopped = containers.Stopped,
            Images = status.Images,
            Driver = status.StorageDriver,
            DriverStatus = status.StorageStatus.Select(line => new[] { line.Key, line.Value }).ToArray(),
            Plugins = new PluginsInfo(status.VolumeDrivers, status.NetworkDrivers, config.AuthorizationPlugins.Count == 0 ? null : config.AuthorizationPlugins, status.LogDrivers),
            MemoryLimit = cgroups.MemoryLimit,
            SwapLimit = cgroups.SwapLimit,
            CpuCfsPeriod = cgroups.CpuCfsPeriod,
            CpuCfsQuota = cgroups.CpuCfsQuota,
            CPUShares = cgroups.CpuShares,
            CPUSet = cgroups.CpuSet,
            PidsLimit = cgroups.PidsLimit,
            IPv4Forwarding = SystemChecks.IsIpForwardingOn(),
            Debug = config.Debug,
            LiveRestoreEnabled = config.LiveRestore,
            NFd = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            OomKillDisable = cgroups.OomKillDisable,
            NGoroutines = Directory.EnumerateDirectories("/proc/self/task").Count(),
            SystemTime = DateTime.UtcNow,
            LoggingDriver = config.LogDriver,
            CgroupDriver = "cgroupfs",
            CgroupVersion = status.CgroupVersion.ToString(CultureInfo.InvariantCulture),
            NEventsListener = events.Listeners,
            KernelVersion = checks.KernelRelease,
            OperatingSystem = checks.Host.Name,
            OSVersion = checks.Host.VersionId,
            OSType = "linux",
            Architecture = checks.Machine,
            IndexServerAddress = "https://index.docker.io/v1/",
            RegistryConfig = Registries(config),
            NCPU = checks.Host.Processors,
            MemTotal = checks.Host.Memory,
            DockerRootDir = config.DataRoot,
            Name = Environment.MachineName,
            Labels = config.Labels,
            ServerVersion = ProductVersion.Number,
            Runtimes = Runtimes(config),
            DefaultRuntime = config.DefaultRuntime,
            InitBinary = "rtinit",
            InitCommit = new CommitInfo(ProductVersion.Commit),
            SecurityOptions = status.SecurityOptions,
            DefaultAddressPools = config.DefaultAddressPools.Count == 0 ? null
                : config.DefaultAddressPools.Select(pool => new AddressPoolInfo(pool.Base.ToString(), pool.Size)).ToArray(),
            Warnings = [.. OpenSocketWarnings(config), .. checks.Warnings, .. ForwardingWarnings(), .. status.Warnings],
        };
    }

    private static Dictionary<string, RuntimeInfo> Runtimes(DaemonConfig config)
    {
        Dictionary<string, RuntimeInfo> runtimes = new() { [OciRuntime.Native] = new RuntimeInfo("rtinit") };
        foreach (OciRuntime other in config.Runtimes.Values)
        {
            runtimes[other.Name] = new RuntimeInfo(other.Path, other.Arguments.Count > 0 ? other.Arguments : null);
        }

        return runtimes;
    }

    private static RegistryConfigInfo Registries(DaemonConfig config) => new(
        ["::1/128", "127.0.0.0/8", .. config.InsecureRegistries.Where(name => name.Contains('/'))],
        config.InsecureRegistries.Where(name => !name.Contains('/')).Append("docker.io").Distinct().ToDictionary(
            name => name,
            name => new RegistryIndexInfo(
                name,
                name == "docker.io" ? config.RegistryMirrors : [],
                Secure: !config.InsecureRegistries.Contains(name),
                Official: name == "docker.io")),
        config.RegistryMirrors);

    /// <summary>In dockerd's words.</summary>
    private static IEnumerable<string> OpenSocketWarnings(DaemonConfig config) => config.Tls?.Authority is not null ? [] : config.Hosts.Where(host => host.Scheme == "tcp").Select(host =>
        (config.Tls is null ? $"WARNING: API is accessible on http://{host.EndPoint} without encryption." : $"WARNING: API is accessible on https://{host.EndPoint} without TLS client verification.")
        + "\n         Access to the remote API is equivalent to root access on the host.");

    private static IEnumerable<string> ForwardingWarnings() => SystemChecks.IsIpForwardingOn() ? [] : ["WARNING: IPv4 forwarding is disabled"];
}
