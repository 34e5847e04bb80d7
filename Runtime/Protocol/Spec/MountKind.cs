namespace Rtd.Protocol.Spec;

/// <summary>What rtinit mounts.</summary>
internal enum MountKind : byte
{
    Bind,
    /// <summary>A detached tree that comes along with the spec, after the namespaces and in list order; handled as a bind.</summary>
    Tree,
    Tmpfs,
    Proc,
    Sysfs,
    Devpts,
    Mqueue,
    /// <summary>Source is the v1 controller list (<c>cpu,cpuacct</c>), or <c>name=systemd</c>.</summary>
    CgroupV1,
    CgroupV2,
}
