using Rtd.Daemon.Cgroups.V1;
using Rtd.Daemon.Cgroups.V2;
using Rtd.Daemon.Errors;

namespace Rtd.Daemon.Cgroups;

/// <summary>Finds out which cgroup version the host uses.</summary>
internal static class CgroupDrivers
{
    private static readonly string[] s_resourceControllers = ["memory", "cpu", "cpuset", "pids", "devices", "freezer", "blkio"];

    /// <summary>The driver for this host, from /proc/self/mountinfo and /proc/self/cgroup.</summary>
    public static ICgroupDriver Detect() => Detect(File.ReadAllText("/proc/self/mountinfo"), File.ReadAllText("/proc/self/cgroup"));

    /// <summary>
    /// A controller belongs to one hierarchy at a time, so a v1 mount of any resource controller means v1, also with an empty v2 tree beside it (the
    /// "hybrid" layout, where v2 only serves a service manager).
    /// </summary>
    internal static ICgroupDriver Detect(string mountinfo, string ownCgroups)
    {
        IReadOnlyList<CgroupMount> mounts = CgroupMounts.Parse(mountinfo);
        OwnCgroups own = new(ownCgroups);
        CgroupMount[] v1 = mounts.Where(mount => mount.Version == 1).ToArray();
        if (v1.Any(mount => mount.Controllers.Intersect(s_resourceControllers).Any()))
        {
            return new V1Driver(v1.Select(mount => new V1Hierarchy(mount, own.Below(mount))).ToArray());
        }

        CgroupMount v2 = mounts.FirstOrDefault(mount => mount.Version == 2) ??
            throw EngineException.System("no cgroup hierarchy is mounted: mount -t cgroup2 none /sys/fs/cgroup");
        return new V2Driver(v2.MountPoint, own.Below(v2));
    }
}
