namespace Rtd.Protocol.Spec;

/// <summary>All that rtinit needs to make one container. It is sent in a compact binary form, see <c>SpecWriter</c>.</summary>
internal sealed record ContainerSpec
{
    public required string Id { get; init; }

    /// <summary>Empty leaves the host's UTS namespace alone (<c>--uts host</c>).</summary>
    public string Hostname { get; init; } = "";

    public string Domainname { get; init; } = "";

    public required RootfsSpec Rootfs { get; init; }

    public bool ReadonlyRootfs { get; init; }

    /// <summary>MS_* propagation of the container's root; 0 means private.</summary>
    public ulong RootfsPropagation { get; init; }

    public required IReadOnlyList<MountSpec> Mounts { get; init; }

    public IReadOnlyList<DeviceSpec> Devices { get; init; } = [];

    public IReadOnlyList<string> MaskedPaths { get; init; } = [];

    public IReadOnlyList<string> ReadonlyPaths { get; init; } = [];

    public IReadOnlyList<SysctlSpec> Sysctls { get; init; } = [];

    /// <summary>Unshare the cgroup namespace once the daemon has placed us.</summary>
    public bool PrivateCgroupNamespace { get; init; } = true;

    /// <summary>CLONE_NEW* kinds of the namespace fds that come along with the spec, to be joined in this order (<c>--network container:ID</c>).</summary>
    public IReadOnlyList<int> JoinNamespaces { get; init; } = [];

    public required ProcessSpec Process { get; init; }
}
