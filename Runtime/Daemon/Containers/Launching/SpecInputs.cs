using Rtd.Daemon.Containers.State;
using Rtd.Daemon.UserNamespaces;
using Rtd.Protocol.Spec;

namespace Rtd.Daemon.Containers.Launching;

/// <summary>What a spec is built from, besides the record.</summary>
internal sealed record SpecInputs
{
    public required ContainerRecord Record { get; init; }

    public required RootfsSpec Rootfs { get; init; }

    /// <summary>Host paths of the three network files.</summary>
    public required string HostsPath { get; init; }

    public required string HostnamePath { get; init; }

    public required string ResolvConfPath { get; init; }

    /// <summary>Variables that tell of linked containers; the container's own replace them.</summary>
    public required IReadOnlyList<string> LinkEnvironment { get; init; }

    public required IReadOnlyList<MountSpec> CgroupMounts { get; init; }

    /// <summary>CLONE_NEW* kinds of other containers' namespaces, in the order of their fds.</summary>
    public required IReadOnlyList<int> JoinNamespaces { get; init; }

    /// <summary>The /dev/shm of another container comes along with the spec.</summary>
    public bool SharesMemory { get; init; }

    /// <summary>Binds and volumes, as the host has them.</summary>
    public required MountSources Sources { get; init; }

    /// <summary>Compiled filter; empty is unconfined.</summary>
    public required byte[] SeccompFilter { get; init; }

    /// <summary>Empty is unconfined.</summary>
    public string AppArmorProfile { get; init; } = "";

    /// <summary>The ids of the container's user namespace; null for the host's.</summary>
    public IdMaps? Remap { get; init; }

    public required ulong Capabilities { get; init; }
}
