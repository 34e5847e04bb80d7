using Microsoft.Win32.SafeHandles;
using NLog;
using Rtd.Daemon.Api.Models;
using Rtd.Daemon.Api.Routes;
using Rtd.Daemon.Builds;
using Rtd.Daemon.Builds.Contexts;
using Rtd.Daemon.Builds.Mounts;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Configuration;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.Validation;
using Rtd.Daemon.Errors;
using Rtd.Daemon.Events;
using Rtd.Daemon.Execution;
using Rtd.Daemon.Execution.Oci;
using Rtd.Daemon.Execution.Supervision;
using Rtd.Daemon.Images;
using Rtd.Daemon.Images.Registry;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Networking.Addressing;
using Rtd.Daemon.Networking.Bridge;
using Rtd.Daemon.Networking.Links;
using Rtd.Daemon.Security.AppArmor;
using Rtd.Daemon.Security.Seccomp;
using Rtd.Daemon.Storage;
using Rtd.Daemon.UserNamespaces;
using Rtd.Daemon.Volumes;
using Rtd.Daemon.Volumes.Remote;

namespace Rtd.Daemon.Startup;

/// <summary>Puts the parts of the daemon together: the one place that knows all of them.</summary>
internal static class Composition
{
    private static readonly Logger s_log = LogManager.GetLogger("daemon");

    private static readonly TimeSpan s_trashTimeout = TimeSpan.FromSeconds(5);

    public static DaemonServices Compose(DaemonContext context)
    {
        DaemonConfig config = context.Config.Current;
        SafeFileHandle shim = SealedShim.Load(FindShim());
        LiveRestore liveRestore = new(config.ExecRoot, shim);
        bool mayResume = config.LiveRestore && liveRestore.MayResume;
        try
        {
            liveRestore.OpenAsync(config.LiveRestore).GetAwaiter().GetResult();
            return Compose(context, shim, liveRestore, mayResume);
        }
        catch
        {
            liveRestore.StartFailed();
            throw;
        }
    }

    private static DaemonServices Compose(DaemonContext context, SafeFileHandle shim, LiveRestore liveRestore, bool mayResume)
    {
        DaemonConfig config = context.Config.Current;
        LimitLogs(config);
        ImageService images = new(
            new StorageOptions(config.DataRoot, config.StorageDriver, [.. config.StorageOptions.Select(option => $"{option.Key}={option.Value}")]),
            Registries(config));
        images.Images.Changed += change => Publish(context.Events, change);
        IdMaps? remap = UserRemap.Prepare(config.UsernsRemap, images.Storage.Driver);
        ICgroupDriver cgroups = CgroupDrivers.Detect();
        FavorDynMods? quickMoves = FavorDynMods.Hold(cgroups.Version, config.CgroupFavorDynMods, config.Runtimes.Count > 0);
        foreach (string warning in cgroups.Warnings())
        {
            s_log.Warn(warning);
        }

        SeccompCompiler seccomp = new();
        AppArmorHost appArmor = AppArmorHost.Probe();
        OciExecutionDriver otherRuntimes = new(shim, Path.Combine(config.ExecRoot, "oci"));
        // Children of the supervisor would need it to hold them; with live restore each is cloned when it is needed. And on v2 it can be born in its cgroup.
        bool mayPrepare = cgroups.Version == 1 || quickMoves is not null;
        NativeExecutionDriver native = new(shim, liveRestore, () => liveRestore.IsOn || !mayPrepare ? 0 : context.Config.Current.PreparedSandboxes);
        RuntimeSelection execution = new(native, otherRuntimes);
        VolumeTrees trees = new(Path.Combine(config.DataRoot, "trash"));
        VolumeDrivers volumeDrivers = new(trees, context.Plugins, new MountNotes(Path.Combine(config.ExecRoot, "volumes")));
        VolumeStore volumes = new(config.DataRoot, trees, volumeDrivers, context.Events);
        NetworkService networks = NetworkService.Start(
            NetworkOptions(config) with { Keeper = liveRestore, Resume = mayResume }, context.Events);
        ContainerService containers = new(
            new ContainerDependencies
            {
                Images = images.Images,
                Layers = images.Storage.ContainerLayers,
                Networks = networks,
                Cgroups = cgroups,
                Execution = execution,
                LiveRestore = liveRestore,
                Seccomp = seccomp,
                Volumes = volumes,
                Events = context.Events,
            },
            Defaults(config, appArmor, remap));
        EngineStatus status = new(containers, images, networks, cgroups, seccomp, config.SeccompProfile ?? SecurityOptions.Builtin, appArmor, volumeDrivers, remap is not null);
        ImageUsage usage = new(containers);
        VolumeService volumeService = new(volumes, volumeDrivers);
        BuildDirectory buildDirectory = new(config.DataRoot);
        BuildService builds = new(new BuildParts(images, containers, usage, buildDirectory, new CacheMounts(buildDirectory), new SecretFiles(config.ExecRoot)));
        SystemInfoSource info = new(context.Config, context.Checks, status, context.Events, context.EngineId);
        return new DaemonServices
        {
            Modules =
            [
                new SystemRoutes(info, context.Events),
                new ContainerRoutes(containers),
                new ArchiveRoutes(containers),
                new ExecRoutes(containers),
                new ImageRoutes(images, usage),
                new DistributionRoutes(images),
                new StatisticsRoutes(containers),
                new SnapshotRoutes(containers, images.Commit),
                new DiskUsageRoutes(images, usage, containers, volumeService, builds),
                new BuildRoutes(builds),
                new NetworkRoutes(networks, containers),
                new VolumeRoutes(volumeService),
            ],
            Status = status,
            RestoreAsync = async cancellation =>
            {
                await containers.RestoreAsync(cancellation);
                otherRuntimes.Sweep(id => containers.All.Any(container => container.Run is not null && container.Id.StartsWith(id, StringComparison.Ordinal)));
            },
            StartFailed = liveRestore.StartFailed,
            ReadyAsync = async cancellation =>
            {
                // Nobody waits for a plugin that may not be there yet. What a former daemon has left has ids of its own: starts from now on are not concerned.
                _ = volumeDrivers.UnmountLeftAsync(containers.IsRunning);
                await containers.StartByPolicyAsync(cancellation);
            },
            DescribeState = containers.DescribeQueues,
            Reload = changed =>
            {
                images.Registries.Options = Registries(changed);
                if (changed.Runtimes.Count > 0)
                {
                    quickMoves?.Dispose();
                }

                containers.Reload(Defaults(changed, appArmor, remap));
                LimitLogs(changed);
                liveRestore.SwitchAsync(changed.LiveRestore).GetAwaiter().GetResult();
            },
            ShutDownAsync = async _ =>
            {
                liveRestore.SayGoodbye();
                await builds.ShutDownAsync();
                await ShutDownAsync(containers, networks, images, context.Config.Current.ShutdownTimeout);
                await native.CloseAsync();
                liveRestore.Leave();
                quickMoves?.Dispose();
            },
        };
    }

    /// <summary>Looks at once: the limit may be a new one.</summary>
    private static void LimitLogs(DaemonConfig config)
    {
        LogQuota.Current = config.LogQuota is { } limit ? new LogQuota(Path.Combine(config.DataRoot, "containers"), limit) : null;
        LogQuota.Current?.Rotated();
    }

    private static async Task ShutDownAsync(ContainerService containers, NetworkService networks, ImageService images, TimeSpan timeout)
    {
        await containers.ShutdownAsync(timeout);

        // Not while containers run on that use it.
        if (containers.All.All(container => container.Run is null))
        {
            await networks.ShutdownAsync();
        }

        // What takes longer is removed at the next start.
        await Task.WhenAny(images.Storage.TrashEmptied(), Task.Delay(s_trashTimeout));
        networks.Dispose();
    }

    /// <summary>rtinit lies beside rtd: the binaries are copied to a machine together.</summary>
    private static string FindShim()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "rtinit");
        return File.Exists(path) ? path : throw EngineException.System($"{path} is missing: rtinit belongs beside rtd");
    }

    private static RegistryOptions Registries(DaemonConfig config) => new(
        config.InsecureRegistries, config.RegistryMirrors, config.MaxConcurrentDownloads, config.MaxConcurrentUploads, config.MaxDownloadAttempts);

    private static BridgeOptions NetworkOptions(DaemonConfig config) => new()
    {
        BridgeName = config.Bridge ?? BridgeOptions.DefaultBridgeName,
        Bip = config.Bip?.ToString() ?? "",
        FixedCidr = config.FixedCidr?.ToString() ?? "",
        DefaultGateway = config.DefaultGateway,
        AddressPools = [.. config.DefaultAddressPools.Select(pool => new SubnetPool(new IpSubnet(pool.Base.BaseAddress, pool.Base.PrefixLength), pool.Size))],
        IPv6 = config.IPv6 ?? (HostIPv6.IsOn && config.Mtu >= BridgeSettings.MinMtuV6),
        BipV6 = config.BipV6?.ToString() ?? "",
        FixedCidrV6 = config.FixedCidrV6?.ToString() ?? "",
        DefaultGatewayV6 = config.DefaultGatewayV6,
        NetworkDefaults = config.DefaultNetworkOptions,
        UserlandProxy = config.UserlandProxy,
        Mtu = config.Mtu,
        Icc = config.Icc,
        Firewall = config.Iptables,
        IpForward = config.IpForward,
        IpMasq = config.IpMasq,
        DefaultBindAddress = config.DefaultBindAddress,
        DataDirectory = config.DataRoot,
    };

    private static ContainerDefaults Defaults(DaemonConfig config, AppArmorHost appArmor, IdMaps? remap) => new()
    {
        DataRoot = config.DataRoot,
        ExecRoot = config.ExecRoot,
        CgroupParent = config.CgroupParent,
        Ulimits = [.. config.DefaultUlimits.Select(limit => new Ulimit { Name = limit.Name, Soft = limit.Soft, Hard = limit.Hard })],
        ShmSize = config.DefaultShmSize,
        Dns = [.. config.Dns.Select(address => address.ToString())],
        DnsSearch = config.DnsSearch,
        DnsOptions = config.DnsOptions,
        HostGateways = config.HostGatewayAddresses,
        LogDriver = config.LogDriver,
        LogOptions = config.LogOptions,
        AppArmor = appArmor.Available,
        Remap = remap,
        IpcMode = config.DefaultIpcMode,
        CgroupnsMode = config.DefaultCgroupnsMode,
        Runtimes = config.Runtimes,
        Runtime = config.DefaultRuntime,
        Init = config.Init,
        NoNewPrivileges = config.NoNewPrivileges,
        SeccompProfile = ConfigCheck.SeccompProfile(config.SeccompProfile),
    };

    private static void Publish(EventBus events, ImageEvent change)
    {
        s_log.Debug("image {Action} {Id}", change.Action, change.Id);
        events.Publish("image", change.Action, change.Id, [KeyValuePair.Create("name", change.Name)]);
    }
}
