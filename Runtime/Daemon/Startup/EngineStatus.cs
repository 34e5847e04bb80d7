using Rtd.Daemon.Api;
using Rtd.Daemon.Cgroups;
using Rtd.Daemon.Containers;
using Rtd.Daemon.Containers.State;
using Rtd.Daemon.Images;
using Rtd.Daemon.Logging;
using Rtd.Daemon.Networking;
using Rtd.Daemon.Security;
using Rtd.Daemon.Security.AppArmor;
using Rtd.Daemon.Volumes;

namespace Rtd.Daemon.Startup;

/// <summary>What <c>info</c> shows of the assembled parts.</summary>
internal sealed class EngineStatus(
    ContainerService containers, ImageService images, NetworkService networks, ICgroupDriver cgroups, ISeccompCompiler seccomp, string seccompProfile, AppArmorHost appArmor, VolumeDrivers volumes, bool remaps)
    : ISystemStatus
{
    public ContainerCounts Containers
    {
        get
        {
            int paused = 0, running = 0, stopped = 0;
            foreach (Container container in containers.All)
            {
                ContainerState state = container.State;
                paused += state.Status == ContainerStatus.Paused ? 1 : 0;
                running += state.Running && state.Status != ContainerStatus.Paused ? 1 : 0;
                stopped += state.Running ? 0 : 1;
            }

            return new ContainerCounts(running, paused, stopped);
        }
    }

    public int Images => images.Images.List().Count;

    public string StorageDriver => images.Storage.Driver.Name;

    public IReadOnlyList<KeyValuePair<string, string>> StorageStatus => [];

    public int CgroupVersion => cgroups.Version;

    public CgroupFeatures CgroupFeatures => cgroups.Features;

    public IReadOnlyList<string> SecurityOptions { get; } =
    [
        .. appArmor.Available ? ["name=apparmor"] : Array.Empty<string>(),
        .. seccomp.Available ? [$"name=seccomp,profile={seccompProfile}"] : Array.Empty<string>(),
        .. remaps ? ["name=userns"] : Array.Empty<string>(),
        .. cgroups.Version == 2 ? ["name=cgroupns"] : Array.Empty<string>(),
    ];

    public IReadOnlyList<string> NetworkDrivers { get; } = networks.DriverNames;

    public IReadOnlyList<string> VolumeDrivers => volumes.Names;

    public IReadOnlyList<string> LogDrivers { get; } = Logging.LogDrivers.Names;

    public IReadOnlyList<string> Warnings =>
    [
        .. cgroups.Warnings(),
        .. networks.Warnings,
        .. appArmor.Problem is null ? Array.Empty<string>() : [$"WARNING: containers run without AppArmor, which the kernel has: {appArmor.Problem}"],
        .. seccomp.Available ? Array.Empty<string>() : [$"WARNING: containers run without a seccomp filter: {seccomp.Unavailable}"],
    ];
}
