using Rtd.Daemon.Api;
using Rtd.Daemon.Configuration;

namespace Rtd.Daemon.Startup;

/// <summary>The status of a daemon that serves the system routes alone.</summary>
internal sealed class BareStatus(DaemonConfig config, SystemChecks checks) : ISystemStatus
{
    public ContainerCounts Containers => default;

    public int Images => 0;

    public string StorageDriver => config.StorageDriver ?? (checks.HasOverlay ? "overlay2" : "vfs");

    public IReadOnlyList<KeyValuePair<string, string>> StorageStatus => [];

    public int CgroupVersion => File.Exists("/sys/fs/cgroup/cgroup.controllers") ? 2 : 1;

    public IReadOnlyList<string> SecurityOptions => checks.HasSeccomp ? ["name=seccomp,profile=builtin"] : [];

    public IReadOnlyList<string> NetworkDrivers => [];

    public IReadOnlyList<string> VolumeDrivers => [];

    public IReadOnlyList<string> LogDrivers => [];

    public IReadOnlyList<string> Warnings => [];
}
