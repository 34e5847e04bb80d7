namespace Rtd.Protocol.Spec;

/// <summary>What rtinit mounts.</summary>
internal enum MountKind : byte
{
    Bind,
    Tmpfs,
    Proc,
    Sysfs,
    Devpts,
    Mqueue,
    /// <summary>Source is the v1 controller list (<c>cpu,cpuacct</c>), or <c>name=systemd</c>.</summary>
    CgroupV1,
    CgroupV2,
    /// <summary>A detached mount whose fd came along with the spec; Data is its index among them.</summary>
    Received,
}
