namespace Rtd.Daemon.Cgroups.V1;

/// <summary>One mounted v1 hierarchy with one or several controllers, or none (<c>name=systemd</c>).</summary>
/// <param name="Mount">Where it is mounted.</param>
/// <param name="Own">The daemon's own cgroup in it, below the mount point.</param>
internal sealed record V1Hierarchy(CgroupMount Mount, string Own)
{
    /// <summary>As mount(2) wants it: <c>cpu,cpuacct</c>.</summary>
    public string Name => string.Join(',', Mount.Controllers);

    public bool Has(string controller) => Mount.Controllers.Contains(controller);

    public CgroupDirectory Directory(string path) => new(CgroupPath.Resolve(Mount.MountPoint, Own, path));
}
