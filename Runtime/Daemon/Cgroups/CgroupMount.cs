namespace Rtd.Daemon.Cgroups;

/// <summary>A mounted cgroup hierarchy, from a line of /proc/self/mountinfo.</summary>
/// <param name="Version">1 or 2.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="Root">The cgroup that appears at the mount point; "/" except inside a container without a cgroup namespace.</param>
/// <param name="Controllers">v1: the controllers mounted together, or the one name <c>name=systemd</c>. v2: empty, see cgroup.controllers.</param>
internal sealed record CgroupMount(int Version, string MountPoint, string Root, IReadOnlyList<string> Controllers);
